// The API's own description with OpenRPC's tools: its schema, its types, and its client, which calls every
// method once. Arguments: the address of the API, a token, the folder of these modules.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import utils from "@open-rpc/schema-utils-js";
import typings from "@open-rpc/typings";
import { Client, HTTPTransport, RequestManager } from "@open-rpc/client-js";
import { Ajv } from "ajv";

const [address, token, modules] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}` };

// ---- the document --------------------------------------------------------------------------------

const response = await fetch(`${address}/openrpc.json`, { headers });
assert.equal(response.status, 200);
const document = await response.json();
const verdict = utils.validateOpenRPCDocument(document);
assert.equal(verdict, true, String(verdict));
const parsed = await utils.parseOpenRPCDocument(structuredClone(document));

// The generator makes parameters of functions of them, as they are; two are words of TypeScript.
const reserved = new Set(["export", "with"]);
for (const method of parsed.methods)
  for (const param of method.params) if (reserved.has(param.name)) param.name += "_";
const types = new typings.default(parsed).toString("typescript", {
  includeSchemaTypings: true,
  includeMethodAliasTypings: true,
});
writeFileSync(`${modules}/api.ts`, types);
const checked = spawnSync(
  process.execPath,
  [`${modules}/node_modules/typescript/bin/tsc`, "--noEmit", "--strict", "--skipLibCheck", "--lib", "es2020", "api.ts"],
  { cwd: modules, encoding: "utf8" },
);
assert.equal(checked.status, 0, checked.stdout.slice(0, 2000));

// ---- every method, once --------------------------------------------------------------------------

// What a schema alone doesn't say.
const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const given = {
  "audit.timeline": { key: "0x1004" },
  "container.inspect": { file: "nothing.iso" },
  "debug.break.set": { kind: "exec", address: "0x82000000" },
  "instance.create": { image: "spin.xex", name: "t" },
  "instance.fork": { name: "fork" },
  "run.start": { instructions: 1000, wait_ms: 20000, collect: [{ method: "digest.get" }] },
  "token.revoke": { name: "x" },
};
const names = { instance: "t", image: "spin.xex", sha256, name: "x", path: "game:\\", method: "mem.read" };

function sample(name, schema) {
  if (name in names) return names[name];
  if (schema.anyOf) return sample(name, schema.anyOf[0]);
  if (schema.enum) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "integer") return schema.minimum ?? 1;
  if (type === "boolean") return false;
  if (type === "array") return Array(schema.minItems ?? 0).fill(sample("", schema.items ?? {}));
  if (type === "object")
    return Object.fromEntries((schema.required ?? []).map((key) => [key, sample(key, schema.properties[key])]));
  return schema.pattern ? "0x10" : "x".repeat(schema.minLength ?? 1);
}

// First what makes things, last what takes them away.
const early = ["instance.create", "run.start", "token.create", "snapshot.save", "record.start"];
const late = ["instance.fork", "instance.reset", "instance.destroy", "system.shutdown"];
const place = (name) => (early.includes(name) ? early.indexOf(name) - 10 : late.indexOf(name));
const methods = [...document.methods].sort((a, b) => place(a.name) - place(b.name));

const client = new Client(new RequestManager([new HTTPTransport(`${address}/v1/rpc`, { headers })]));
const ajv = new Ajv({ strict: false, validateFormats: false });
const outcomes = {};
for (const method of methods) {
  const params = { ...given[method.name] };
  for (const param of method.params)
    if (param.required && !(param.name in params)) params[param.name] = sample(param.name, param.schema);
  try {
    const result = await client.request({ method: method.name, params }, 60000);
    const fits = ajv.validate(method.result.schema, result);
    assert.ok(fits, `${method.name}: ${ajv.errorsText()}`);
    outcomes[method.name] = "ok";
  } catch (error) {
    const kind = error.data?.kind ?? error.data?.data?.kind;
    assert.ok(kind, `${method.name}: ${error.stack}`);
    const listed = method.errors.map((one) => one.message);
    assert.ok([...listed, "invalid_params"].includes(kind), `${method.name}: ${kind} is none of ${listed}`);
    outcomes[method.name] = kind;
  }
}
const succeeded = Object.values(outcomes).filter((outcome) => outcome === "ok").length;
console.log(`${methods.length} methods called, ${succeeded} succeeded`);
assert.ok(succeeded > methods.length / 2, JSON.stringify(outcomes));
await client.close?.();
process.exit(0);
