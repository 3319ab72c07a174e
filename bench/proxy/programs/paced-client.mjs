// Reads paced streams: argv URL STREAMS BODY_FILE HEADERS_JSON. Prints, as JSON, medians in ms of the time to first token and
// of the hop (from the moment a chunk was sent until it was read), the 99th percentile of the hop, and how many chunks came.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { quantile } from "../../support/statistics.mjs";

/** Streams begin one after the other within this time. */
const SPREAD_MS = 500;
/** The longest moment, with its marks. */
const MARK_LENGTH = 40;
const [url, streams, bodyFile, headers] = process.argv.slice(2);
const count = Number(streams);
const body = readFileSync(bodyFile);
const agent = new Agent({ keepAlive: true });
const now = () => process.hrtime.bigint();
const ms = (ns) => Number(ns) / 1e6;

const firsts = [];
const hops = [];
let chunks = 0;

await read(() => {});
await Promise.all(
  Array.from({ length: count }, async (_, i) => {
    await pause((SPREAD_MS * i) / count);
    const began = now();
    let first = true;
    await read((sentAt) => {
      const at = now();
      if (first) firsts.push(ms(at - began));
      first = false;
      hops.push(ms(at - sentAt));
      chunks += 1;
    });
  }),
);
agent.destroy();
const figures = {
  ttft: quantile(firsts, 0.5),
  hop: quantile(hops, 0.5),
  hop99: quantile(hops, 0.99),
  chunks,
};
process.stdout.write(JSON.stringify(figures));

/** Reads one stream to its end, telling when each chunk was sent. What breaks off has fewer. */
function read(take) {
  return new Promise((resolve) => {
    const sent = {
      "content-type": "application/json",
      authorization: "Bearer sk-bench",
      "content-length": body.length,
      ...JSON.parse(headers),
    };
    const asked = request(url, { method: "POST", agent, headers: sent }, (response) => {
      let rest = "";
      response.setEncoding("latin1");
      response.on("data", (text) => {
        const all = rest + text;
        let end = 0;
        for (const found of all.matchAll(/@(\d+)@/g)) {
          end = found.index + found[0].length;
          take(BigInt(found[1]));
        }
        rest = all.slice(Math.max(end, all.length - MARK_LENGTH));
      });
      response.on("end", resolve);
      response.on("error", resolve);
    });
    asked.on("error", resolve);
    asked.end(body);
  });
}
