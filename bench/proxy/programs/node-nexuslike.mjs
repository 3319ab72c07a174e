// The least that a router in Node does: parse, choose, rewrite the model, read what the answer used, and keep a record of it.
import { listen, pool } from "./pass-through.mjs";

const MODELS = new Map([["gpt-4o-mini", "gpt-4o-mini-real"]]);
const RECORDS = 1024;
const records = new Array(RECORDS);
let count = 0;

listen(async (request, response, raw) => {
  const began = performance.now();
  const keep = (usage) => {
    records[count++ % RECORDS] = { began, ms: performance.now() - began, usage };
  };
  let asked;
  try {
    asked = JSON.parse(raw);
  } catch {
    response.writeHead(400).end("{}");
    return;
  }
  const { model } = asked;
  asked.model = MODELS.get(model) ?? model;
  const headers = { "content-type": "application/json", authorization: "Bearer sk-upstream" };
  const ask = { path: request.url, method: "POST", headers, body: JSON.stringify(asked) };
  let answer;
  try {
    answer = await pool.request(ask);
  } catch (error) {
    response.writeHead(502).end(String(error));
    return;
  }
  if (asked.stream) passStream(answer, response, keep);
  else await passWhole(answer, response, model, keep);
});

async function passWhole(answer, response, model, keep) {
  const said = JSON.parse(await answer.body.text());
  said.model = model;
  const body = Buffer.from(JSON.stringify(said));
  response.writeHead(answer.statusCode, {
    "content-type": "application/json",
    "content-length": body.length,
  });
  response.end(body);
  keep(said.usage);
}

/** The bytes pass first, and are looked at afterwards. */
function passStream({ statusCode, body }, response, keep) {
  response.writeHead(statusCode, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  let usage;
  body.on("data", (bytes) => {
    if (!response.write(bytes)) {
      body.pause();
      response.once("drain", () => body.resume());
    }
    const at = bytes.lastIndexOf('"usage":{');
    if (at >= 0) usage = bytes.toString("latin1", at, at + 200);
  });
  body.on("end", () => {
    response.end();
    keep(usage);
  });
  body.on("error", () => response.destroy());
  response.on("close", () => body.destroy());
}
