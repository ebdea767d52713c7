// What a newcomer does in Swagger UI: check, options, quote, pay; then link an account on the sandbox's consent page and see the method open; and every
// example of the main job, sent as it stands.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [infoFile, artifacts] = process.argv.slice(2);
assert(infoFile && artifacts, "usage: node browser.mjs <info.json> <folder for screenshots>");
const info = JSON.parse(readFileSync(infoFile, "utf8"));
const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
assert(executablePath, "Chromium is missing: install it, or set CHROMIUM to where it is.");
mkdirSync(artifacts, { recursive: true });

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
page.setDefaultTimeout(60_000);
const faults = [];
page.on("pageerror", (error) => faults.push(String(error)));
const started = Date.now();
let shots = 0;
const shot = (name) => page.screenshot({ path: `${artifacts}/${++shots}-${name}.png` });

/** Sends an operation with one of its examples, or with a body of ours, and gives the answer's JSON. */
async function call(operation, { example, body, parameters = {}, expect = 201 } = {}) {
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  await block.scrollIntoViewIfNeeded();
  if (!(await block.locator(".opblock-body").count())) await block.locator(".opblock-summary-control").click();
  await block.locator("button.execute").waitFor();
  if (example) await block.locator(".opblock-section-request-body select.examples-select-element").selectOption(example);
  if (body) await block.locator("textarea.body-param__text").fill(typeof body === "function" ? JSON.stringify(body(JSON.parse(await block.locator("textarea.body-param__text").inputValue()))) : JSON.stringify(body));
  for (const [name, value] of Object.entries(parameters)) await block.locator(`tr[data-param-name="${name}"] input[type=text]`).last().fill(value);
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.request().method() !== "OPTIONS" && new URL(answer.url()).pathname.startsWith("/v1/")),
    block.locator("button.execute").click(),
  ]);
  await block.locator(".live-responses-table .response-col_status").first().waitFor();
  const text = await response.text();
  assert.equal(response.status(), expect, `${operation} answered ${response.status()}: ${text}`);
  await block.locator(".responses-wrapper").scrollIntoViewIfNeeded();
  await shot(operation);
  return JSON.parse(text);
}

const eligible = (check, method) => check.methods.find((one) => one.method === method).eligible;
const stamp = Date.now().toString(36);
const own = (sample) => ({ ...sample, order: { ...sample.order, id: `browser-${stamp}` } });

try {
  await page.goto(info.swagger_url);
  await page.locator(".opblock-tag-section").first().waitFor();
  await shot("swagger");
  assert.equal(await page.locator(".opblock-tag").first().getAttribute("data-tag"), "Eligibility", "the main job comes first");

  // The examples work as they stand, with the demo key that the page begins with.
  const check = await call("checkEligibility", { example: "eligible" });
  assert.equal(check.methods.filter((method) => method.eligible).length, 4, "all four methods are open to the buyer that is ready");
  const blocked = await call("checkEligibility", { example: "blocked" });
  assert(blocked.methods.every((method) => !method.eligible));
  assert(blocked.methods.some((method) => method.requirements.some((requirement) => requirement.remediation?.message)), "what is closed says what would open it");

  const options = await call("createPaymentOptions", { example: "all_open" });
  assert(options.options.length >= 4);
  const quote = await call("createQuote", { example: "world_pay", body: own });
  const payment = await call("createPayment", { body: { quote_id: quote.id }, parameters: { "Idempotency-Key": `browser-${stamp}` } });
  assert.equal(payment.status, "succeeded");
  await page.getByText('"succeeded"').first().waitFor();

  // A buyer with 1688 and a card links WorldFirst on the provider's page; what still misses then is money alone.
  const before = await call("checkEligibility", { example: "card_only" });
  assert(!eligible(before, "worldfirst_balance"));
  const account = await call("linkAccount", { example: "worldfirst", parameters: { id: info.buyers.card_only, "Idempotency-Key": `link-${stamp}` } });
  assert.equal(account.status, "pending");
  const consent = await browser.newPage();
  await consent.goto(account.next_action.url);
  await consent.screenshot({ path: `${artifacts}/${++shots}-consent.png` });
  // The shop that the buyer goes back to is none of ours: its address is enough.
  await consent.route("https://shop.example/**", (route) => route.fulfill({ contentType: "text/plain", body: "the shop" }));
  await consent.getByRole("button", { name: "Approve" }).click();
  await consent.waitForURL(/shop\.example.*status=active/);
  const funded = await fetch(`${info.sandbox_url}/sandbox/buyers/${info.buyers.card_only}`, {
    method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ balances: { USD: 1_000_000 } }),
  });
  assert(funded.ok, await funded.text());
  const after = await call("checkEligibility", { example: "card_only" });
  assert(eligible(after, "worldfirst_balance"), JSON.stringify(after.methods.find((one) => one.method === "worldfirst_balance")));

  // Every example comes out as its name says, as it stands: with the key that the page chooses for it.
  const byMethod = (answer) => Object.fromEntries(answer.methods.map((one) => [one.method, one.eligible]));
  const unmet = (answer, method) => answer.methods.find((one) => one.method === method).requirements.filter(({ status }) => status !== "met").map(({ code }) => code);
  const examples = [
    ["createBuyer", undefined, 201, (answer) => answer.object === "buyer"],
    ["checkEligibility", "too_little", 201, (answer) => unmet(answer, "world_pay").join() === "worldfirst.balance"],
    ["checkEligibility", "mainland", 201, (answer) => JSON.stringify(byMethod(answer)) === '{"world_pay":true,"alipay":true,"worldfirst_balance":false,"card":false}'],
    ["createPaymentOptions", "steps", 201, (answer) => answer.options.every(({ eligible, steps }) => !eligible && steps.length > 0)],
    ["createQuote", "world_pay", 201, (answer) => answer.method === "world_pay" && answer.total.currency === "EUR"],
    ["createQuote", "card", 201, (answer) => answer.method === "card" && answer.fees.length === 1],
    ["createQuote", "alipay", 201, (answer) => answer.total.currency === "CNY" && answer.exchange_rate === null],
    ["createQuote", "short", 201, (answer) => Date.parse(answer.expires_at) - Date.parse(answer.created_at) === 60_000],
    ["linkAccount", "card_declined", 201, (answer) => answer.status === "active"],
    ["linkAccount", "card_page", 201, (answer) => answer.status === "pending" && answer.next_action.url],
    ["linkAccount", "alipay", 201, (answer) => answer.status === "pending" && answer.next_action.url],
    ["linkAccount", "marketplace_1688", 201, (answer) => answer.status === "pending" && answer.next_action.url],
    ["createPayment", "dry_run", 200, (answer) => answer.dry_run === true && answer.id === null],
    ["createPayment", "pay", 201, (answer) => answer.status === "succeeded"],
    ["createPayment", "declined", 201, (answer) => answer.status === "failed" && answer.failure.code === "card_declined"],
    ["createPayment", "3d_secure", 201, (answer) => answer.status === "requires_action" && answer.next_action.url],
    ["createPayment", "time_out", 201, (answer) => answer.status === "processing"],
    ["createPayment", "expired", 409, (answer) => answer.code === "quote_expired" && answer.replacement.status === "open"],
    ["createRefund", "part", 201, (answer) => answer.status === "succeeded" && answer.order_amount.value === 100_000, { id: payment.id }],
    ["createRefund", "whole", 201, (answer) => answer.status === "succeeded" && answer.order_amount.value === 1_134_567, { id: payment.id }],
  ];
  for (const [operation, example, expect, holds, parameters] of examples) {
    if (example === "expired") await page.waitForTimeout(Math.max(0, started + 61_000 - Date.now()));
    const answer = await call(operation, { example, expect, parameters });
    assert(holds(answer), `${operation} ${example}: ${JSON.stringify(answer)}`);
  }

  assert.deepEqual(faults, [], "the page has no errors of its own");
  console.log(`browser: ${payment.id} succeeded; ${account.id} linked and worldfirst_balance open; ${examples.length} more examples as they stand; ${shots} screenshots`);
} catch (error) {
  await page.screenshot({ path: `${artifacts}/failed.png`, fullPage: false }).catch(() => {});
  throw error;
} finally {
  await browser.close();
}
