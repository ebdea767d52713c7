// The main job with a client whose types come from openapi.yaml: check, quote, pay, read again, repeat, and a refusal by its code.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { paths } from "./generated/api.js";

const infoFile = process.argv[2];
assert(infoFile, "usage: node flow.js <info.json>");
const info = JSON.parse(readFileSync(infoFile, "utf8")) as { api_url: string; api_key: string; buyers: { ready: string } };
const api = createClient<paths>({ baseUrl: info.api_url, headers: { Authorization: `Bearer ${info.api_key}` } });
const buyer_id = info.buyers.ready;
const order = { id: `typescript-${randomUUID()}`, amount: { currency: "CNY", value: 1_234_567 } };

const check = await api.POST("/v1/eligibility-checks", { body: { buyer_id, order, buyer_ip: "8.8.8.8" } });
assert(check.data, JSON.stringify(check.error));
const open = check.data.methods.filter((method) => method.eligible).map((method) => method.method);
assert(open.includes("world_pay"), `world_pay is not among ${open.join(", ")}`);

const quote = await api.POST("/v1/quotes", { body: { buyer_id, order, method: "world_pay", source_currency: "EUR" } });
assert(quote.data, JSON.stringify(quote.error));
assert.equal(quote.data.order_amount.value, order.amount.value);
assert.equal(quote.data.total.currency, "EUR");

const key = randomUUID();
const pay = () => api.POST("/v1/payments", { params: { header: { "Idempotency-Key": key } }, body: { quote_id: quote.data.id } });
const payment = await pay();
assert(payment.data, JSON.stringify(payment.error));
assert.equal(payment.response.status, 201);
assert.equal(payment.data.status, "succeeded");
assert.deepEqual(payment.data.total, quote.data.total);

const repeated = await pay();
assert.equal(repeated.response.headers.get("Idempotent-Replayed"), "true");
assert.equal(repeated.data?.id, payment.data.id);

const { id } = payment.data;
assert(id, "a payment has an id");
const read = await api.GET("/v1/payments/{id}", { params: { path: { id } } });
assert.equal(read.data?.status, "succeeded");

const again = await api.POST("/v1/quotes", { body: { buyer_id, order, method: "world_pay", source_currency: "EUR" } });
assert.equal(again.error?.code, "order_already_paid");
assert.equal(again.error.payment_id, id);
console.log(`typescript client: ${id} succeeded, ${quote.data.total.value / 100} EUR for CNY 12,345.67; repeated once, refused once`);
