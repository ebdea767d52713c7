// Takes the receivers' verifiers out of a guide, one for each language, and tries each on messages that the Standard Webhooks library has signed, and on ones that nobody has.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Webhook } from "standardwebhooks";

const [guide] = process.argv.slice(2);
assert(guide, "usage: node verifiers.mjs <guide.md>");

const [secret, former] = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_plJ3nmyCDGBKInavdOK15jsl"];
const body = '{"type":"payment.succeeded","data":{"note":"付款 ✓"}}';
const sign = (key, at) => new Webhook(key).sign("evt_1", at, body);
const now = new Date();
const old = new Date(now - 10 * 60_000);
const message = (signatures, changes = {}) => ({ secret, id: "evt_1", at: now, signatures, body, ...changes });
const cases = [
  ["as it was signed", true, message(sign(secret, now))],
  ["while the secret is rotated", true, message(`${sign(former, now)} ${sign(secret, now)}`)],
  ["with a signature of another version besides", true, message(`v1a,AAAA ${sign(secret, now)}`)],
  ["with one byte changed", false, message(sign(secret, now), { body: body.replace("succeeded", "succeedeD") })],
  ["with another id", false, message(sign(secret, now), { id: "evt_2" })],
  ["signed with another secret", false, message(sign(former, now))],
  ["ten minutes old", false, message(sign(secret, old), { at: old })],
  ["with a time that is none", false, { ...message(sign(secret, now)), time: "soon" }],
  ["not signed", false, message("")],
];
const lines = cases.map(([, , { secret, id, at, time, signatures, body }]) =>
  JSON.stringify([secret, id, time ?? String(Math.floor(at / 1000)), signatures, Buffer.from(body).toString("base64")])).join("\n");

// What a receiver would write around it. The C# one is top-level code, so it comes first.
const around = {
  csharp: { file: "verify.cs", run: ["dotnet", "run", "verify.cs"], before: `
    using System.Text.Json;
    while (Console.ReadLine() is { } line)
    {
        using var one = JsonDocument.Parse(line);
        string Text(int i) => one.RootElement[i].GetString()!;
        Console.WriteLine(Webhooks.Verify(Text(0), Text(1), Text(2), Text(3), Convert.FromBase64String(Text(4))) ? "true" : "false");
    }` },
  typescript: { file: "verify.mts", compile: ["node_modules/.bin/tsc", "--module", "nodenext", "--target", "es2022", "--types", "node", "verify.mts"], run: ["node", "verify.mjs"], after: `
    import { readFileSync } from "node:fs";
    for (const line of readFileSync(0, "utf8").split("\\n")) {
      const [secret, id, time, signatures, body] = JSON.parse(line) as string[];
      console.log(verify(secret!, id!, time!, signatures!, Buffer.from(body!, "base64")));
    }` },
  python: { file: "verify.py", run: ["python3", "verify.py"], after: `
import json
import sys
for line in sys.stdin:
    secret, id, timestamp, signatures, body = json.loads(line)
    print(str(verify(secret, id, timestamp, signatures, base64.b64decode(body))).lower())
` },
};

const text = readFileSync(guide, "utf8");
const folder = mkdtempSync(join(tmpdir(), "verifiers-"));
try {
  symlinkSync(resolve("tests/clients/node_modules"), join(folder, "node_modules"));
  for (const [language, { file, before = "", after = "", compile, run }] of Object.entries(around)) {
    const shown = text.match(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms"))?.[1];
    assert(shown, `${guide} shows no verifier in ${language}`);
    // C# wants its usings before the code that runs.
    const usings = language === "csharp" ? shown.match(/^using .*;$/gm).join("\n") : "";
    writeFileSync(join(folder, file), `${usings}${before}\n${language === "csharp" ? shown.replace(/^using .*;$/gm, "") : shown}${after}\n`);
    for (const command of [compile, run].filter(Boolean)) {
      const done = spawnSync(command[0], command.slice(1), { cwd: folder, encoding: "utf8", input: lines, timeout: 120_000 });
      assert.equal(done.status, 0, `${language}: ${done.error ?? ""}${done.stdout}${done.stderr}`);
      if (command === run) assert.deepEqual(done.stdout.trim().split("\n").map((word, at) => [cases[at]?.[0], word === "true"]), cases.map(([name, good]) => [name, good]), language);
    }
  }
  console.log(`${guide}: verifiers in ${Object.keys(around).join(", ")}, ${cases.length} messages each`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
