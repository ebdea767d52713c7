// Sends the requests of an .http file in their order, as an IDE does: variables at the top, later ones from the answers of named requests. The file's own
// placeholders for address, key, buyer and order are filled in; each request must succeed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const [infoFile, file] = process.argv.slice(2);
assert(infoFile && file, "usage: node ide.mjs <info.json> <requests.http>");
const info = JSON.parse(readFileSync(infoFile, "utf8"));
const variables = {};
const answers = {};
const fill = (text) =>
  text.replace(/\{\{([^}]+)\}\}/g, (_, name) => {
    const [, request, path] = /^(\w+)\.response\.body\.\$\.(.+)$/.exec(name) ?? [];
    const value = request ? path.split(".").reduce((at, key) => at?.[key], answers[request]) : variables[name];
    assert(value !== undefined, `${file}: nothing is called ${name}`);
    return value;
  });

const [top, ...requests] = readFileSync(file, "utf8").split(/^###.*\n/m);
for (const [, name, value] of top.matchAll(/^@(\w+) = (.*)$/gm)) variables[name] = value;
Object.assign(variables, { api: info.api_url, key: info.api_key, buyer: info.buyers.ready, order: `ide-${Date.now()}` });
for (const request of requests) {
  const [head, ...body] = request.trim().split(/\n\n/);
  const lines = head.split("\n").filter((line) => !line.startsWith("#"));
  const [method, url] = fill(lines[0]).split(" ");
  const headers = lines.slice(1).map((line) => fill(line).split(/:\s*(.*)/s).slice(0, 2));
  const response = await fetch(url, { method, headers, body: body.length ? fill(body.join("\n\n")) : undefined });
  const text = await response.text();
  assert(response.ok, `${method} ${url} answered ${response.status}: ${text}`);
  const [, name] = /^# @name (\w+)$/m.exec(head) ?? [];
  if (name) answers[name] = JSON.parse(text);
}
console.log(`${file}: ${requests.length} requests`);
