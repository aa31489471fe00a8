// The MCP project's own client with `xe360ctl mcp`: its checks of what it gets are what this test is about.
// Arguments: the program, its socket, a title that hangs.
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Ajv } from "ajv";

const [program, socket, title] = process.argv.slice(2);
const transport = new StdioClientTransport({
  command: program,
  args: ["--socket", socket, "mcp"],
  env: { PATH: process.env.PATH },
});
const client = new Client({ name: "test", version: "1" });
client.onerror = (error) => assert.fail(`the transport says: ${error}`);
await client.connect(transport);
assert.equal(client.getServerVersion().name, "xe360d");
assert.ok(client.getServerCapabilities().tools);
assert.match(client.getInstructions(), /diagnose_explain/);

const { tools } = await client.listTools();
const ajv = new Ajv({ strict: false });
for (const tool of tools) {
  assert.match(tool.name, /^[a-z0-9_]{1,64}$/);
  assert.ok(tool.description);
  ajv.compile(tool.inputSchema);
}
const named = Object.fromEntries(tools.map((tool) => [tool.name, tool]));
assert.equal(Object.keys(named).length, tools.length);
assert.equal(named.mem_read.annotations.readOnlyHint, true);
assert.equal(named.run_start.annotations.readOnlyHint, false);
assert.ok(!("mem_write" in named), "debug methods are no tools");
assert.ok(!("system_shutdown" in named), "nor are those of an admin");

const call = (name, args) => client.callTool({ name, arguments: args });
const made = await call("instance_create", { image: title, name: "mcp" });
assert.ok(!made.isError, JSON.stringify(made));
assert.equal(made.structuredContent.name, "mcp");
assert.deepEqual(JSON.parse(made.content[0].text), made.structuredContent);
await call("run_start", { instance: "mcp", instructions: 5000000 });
const run = await call("run_wait", { instance: "mcp" });
assert.equal(run.structuredContent.stop_reason, "hang");
const explained = await call("diagnose_explain", { instance: "mcp" });
assert.match(explained.content[0].text, /is stuck: 2 of 2 threads can never run again/);
assert.equal(explained.structuredContent.verdict.code, "stuck");

const absent = await call("instance_get", { instance: "none" });
assert.equal(absent.isError, true);
assert.equal(absent.structuredContent.error.data.kind, "instance_not_found");
const wrong = await call("mem_read", { instance: "mcp", adress: 1 });
assert.equal(wrong.isError, true);
await assert.rejects(call("no_such_tool", {}), /unknown tool/);

// One that would wait for a minute ends when it is cancelled, and the next is answered.
const spin = await call("instance_create", { image: title.replace("hang", "spin"), name: "spin" });
assert.ok(!spin.isError, JSON.stringify(spin));
await call("run_start", { instance: "spin", instructions: 1e15 });
const abort = new AbortController();
const waiting = client.callTool({ name: "run_wait", arguments: { instance: "spin" } }, undefined, {
  signal: abort.signal,
});
await client.ping(); // while it waits
abort.abort("enough");
await assert.rejects(waiting, /enough/);
const state = await call("run_get", { instance: "spin" });
assert.equal(state.structuredContent.state, "running");
await call("instance_destroy", { instance: "spin" });
await call("instance_destroy", { instance: "mcp" });
await client.close();
console.log(`${tools.length} tools`);
