// A web page of another origin, in a real browser, that tries what a page can. Prints what it could do, a line
// each: a name and "blocked" or an answer. Arguments: the browser, a folder for it, the API's address, a token.
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";

const [browser, folder, address, token] = process.argv.slice(2);
const port = Number(process.argv[6] ?? 0);

const attempts = async (address, token) => {
  const rpc = (method, params = {}) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const shutdown = rpc("system.shutdown");
  const make = rpc("token.create", { name: "stolen", scopes: ["admin"] });
  const bearer = { Authorization: `Bearer ${token}` };
  const json = { "Content-Type": "application/json" };
  const tries = {
    "simple post": () => fetch(`${address}/v1/rpc`, { method: "POST", body: shutdown }),
    "opaque post": () => fetch(`${address}/v1/rpc`, { method: "POST", mode: "no-cors", body: shutdown }),
    "json post": () => fetch(`${address}/v1/rpc`, { method: "POST", headers: json, body: make }),
    "json post with a token": () =>
      fetch(`${address}/v1/rpc`, { method: "POST", headers: { ...json, ...bearer }, body: make }),
    "put with a token": () =>
      fetch(`${address}/v1/artifacts/${"0".repeat(64)}`, { method: "PUT", headers: bearer, body: "x" }),
    "get with a token": () => fetch(`${address}/openrpc.json`, { headers: bearer }),
  };
  navigator.sendBeacon(`${address}/v1/rpc`, shutdown);
  const form = document.createElement("form");
  Object.assign(form, { action: `${address}/v1/rpc`, method: "post", enctype: "text/plain", target: "frame" });
  const field = document.createElement("input");
  Object.assign(field, { name: shutdown.slice(0, -1) + ',"x":"', value: '"}' });
  form.append(field);
  document.body.append(form);
  form.submit();
  const said = [];
  for (const [name, attempt] of Object.entries(tries)) {
    const outcome = await attempt().then(
      async (answer) => (answer.type === "opaque" ? "opaque" : `${answer.status} ${(await answer.text()).slice(0, 60)}`),
      () => "blocked",
    );
    said.push(`${name}: ${outcome}`);
  }
  document.querySelector("pre").textContent = `${said.join("\n")}\nthe end`;
};

const page = `<!doctype html><title>x</title><body><iframe name="frame"></iframe><pre></pre>
<script>(${attempts})(${JSON.stringify(address)}, ${JSON.stringify(token)});</script></body>`;
const server = createServer((request, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end(page);
});
await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${server.address().port}`;
const { stdout } = await promisify(execFile)(
  browser,
  ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${folder}`]
    .concat(["--virtual-time-budget=20000", "--timeout=60000", "--dump-dom", origin]),
  { timeout: 100000, maxBuffer: 1 << 20 },
);
console.log(`origin ${origin}`);
console.log(stdout.match(/<pre>([^]*?)<\/pre>/)?.[1].replaceAll("&quot;", '"') ?? "nothing");
server.close();
process.exit(0);
