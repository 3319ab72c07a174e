// A backend that streams at a pace: argv PORT CHUNKS. A GET is answered with its models; PUT /MS sets the time from one chunk
// to the next, at first none. Each chunk carries the moment it was sent at, in ns of the clock that all processes share.
import { createServer } from "node:http";
import { choice, MODEL_LIST } from "../messages.mjs";

const [port, chunks] = process.argv.slice(2).map(Number);
let intervalMs = 0;
const [before, after] = choice({ content: "@NOW@ tok" }, null).split("NOW");
const END = `${choice({}, "stop")}data: [DONE]\n\n`;

const server = createServer((request, response) => {
  request.resume();
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "application/json" }).end(MODEL_LIST);
    return;
  }
  if (request.method === "PUT") {
    intervalMs = Number(request.url.slice(1));
    response.end();
    return;
  }
  request.on("end", () => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    let sent = 0;
    const tick = () => {
      if (response.destroyed) return;
      response.write(before + process.hrtime.bigint() + after);
      sent += 1;
      if (sent === chunks) response.end(END);
      else if (intervalMs > 0) setTimeout(tick, began + sent * intervalMs - performance.now());
      else tick();
    };
    const began = performance.now();
    tick();
  });
});
server.keepAliveTimeout = 300_000;
server.requestTimeout = 0;
server.listen(port, "127.0.0.1", 4096);
