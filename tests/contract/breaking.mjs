// What would break a client that was written for the older contract: an operation, a field of an answer or a success that has gone, a type that changed, a
// new duty in a request, a word that is not accepted any more, a limit that became narrower.
import { readFileSync } from "node:fs";
import yaml from "js-yaml";

const [before, after] = process.argv.slice(2).map((file) => yaml.load(readFileSync(file, "utf8")));
const faults = [];
const methods = ["get", "post", "put", "patch", "delete"];

const resolve = (document, schema) => {
  const ref = schema?.$ref ?? (schema?.allOf?.length === 1 ? schema.allOf[0].$ref : undefined);
  return ref ? document.components.schemas[ref.split("/").at(-1)] : schema;
};
const types = (schema) => [schema?.type ?? []].flat().filter((type) => type !== "null").sort().join("|");

/** Compares what stands in both; `request` says which side of the wire it is on. */
function compare(old, now, path, request, seen) {
  const [a, b] = [resolve(before, old), resolve(after, now)];
  if (!a || !b || seen.has(a)) return;
  const within = new Set(seen).add(a);
  if (types(a) !== types(b)) faults.push(`${path}: was ${types(a)}, is ${types(b)}`);
  if (!request && [b.type].flat().includes("null") && !(a.oneOf ?? []).length && ![a.type].flat().includes("null")) faults.push(`${path}: can be null now`);
  if (request && b.enum) for (const word of a.enum ?? []) if (!b.enum.includes(word)) faults.push(`${path}: ${word} is not accepted any more`);
  if (request) for (const limit of ["maxLength", "maxItems", "maximum"]) if (limit in a && Number(b[limit]) < Number(a[limit])) faults.push(`${path}: ${limit} went from ${a[limit]} to ${b[limit]}`);
  for (const name of request ? (b.required ?? []) : []) if (!(a.required ?? []).includes(name)) faults.push(`${path}.${name}: is required now`);
  for (const name of request ? [] : (a.required ?? [])) if (!(b.required ?? []).includes(name)) faults.push(`${path}.${name}: may be left out now`);
  for (const [name, property] of Object.entries(a.properties ?? {})) {
    if (!b.properties?.[name]) faults.push(`${path}.${name}: has gone`);
    else compare(property, b.properties[name], `${path}.${name}`, request, within);
  }
  if (a.items && b.items) compare(a.items, b.items, `${path}[]`, request, within);
}

for (const [path, item] of Object.entries(before.paths)) {
  for (const method of methods.filter((one) => item[one])) {
    const [old, now] = [item[method], after.paths[path]?.[method]];
    const name = `${method.toUpperCase()} ${path}`;
    if (!now) { faults.push(`${name}: has gone`); continue; }
    if (old.operationId !== now.operationId) faults.push(`${name}: operationId was ${old.operationId}, is ${now.operationId}`);
    const known = (old.parameters ?? []).map((parameter) => parameter.name);
    for (const parameter of now.parameters ?? []) if (parameter.required && !known.includes(parameter.name)) faults.push(`${name}: ${parameter.name} is required now`);
    for (const parameter of old.parameters ?? []) if (!(now.parameters ?? []).some((one) => one.name === parameter.name)) faults.push(`${name}: ${parameter.name} has gone`);
    for (const [type, media] of Object.entries(old.requestBody?.content ?? {})) {
      if (!now.requestBody?.content?.[type]) faults.push(`${name}: takes no ${type} any more`);
      else compare(media.schema, now.requestBody.content[type].schema, `${name} request`, true, new Set());
    }
    for (const [status, response] of Object.entries(old.responses).filter(([status]) => status < "400")) {
      if (!now.responses[status]) faults.push(`${name}: does not answer ${status} any more`);
      for (const [type, media] of Object.entries(response.content ?? {})) compare(media.schema, now.responses[status]?.content?.[type]?.schema, `${name} ${status}`, false, new Set());
    }
  }
}

for (const fault of new Set(faults)) console.error(fault);
console.log(`Breaking changes: ${new Set(faults).size}.`);
process.exitCode = faults.length === 0 ? 0 : 1;
