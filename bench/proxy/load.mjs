import path from "node:path";
import { run } from "./children.mjs";
import { cpuMs } from "./process-figures.mjs";

/**
 * Asks as fast as `connections` can for `seconds`. Resolves to requests and MB in a second, the median and 99th percentile
 * of the latency in ms, CPU µs of the peer for one request, and how many requests went wrong.
 */
export async function load(stage, peer, { connections, seconds, body, answerBytes }) {
  const before = peer.pid === undefined ? 0 : cpuMs(peer.pid);
  const seen = await wrk(stage, peer, { connections, seconds, body });
  const spent = peer.pid === undefined ? Number.NaN : cpuMs(peer.pid) - before;
  const short = answerBytes !== undefined && seen.bytes < seen.requests * answerBytes;
  return {
    perSecond: seen.requests / (seen.us / 1e6),
    mbPerSecond: seen.bytes / seen.us,
    p50: seen.p50 / 1000,
    p99: seen.p99 / 1000,
    cpuUs: (spent * 1000) / seen.requests,
    wrong: seen.broken + seen.refused + (short || seen.requests === 0 ? 1 : 0),
  };
}

async function wrk({ machine }, { url, headers = {} }, { connections, seconds, body }) {
  const script = path.join(import.meta.dirname, "post.lua");
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "5s", "-s", script, url];
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const env = { BENCH_BODY: body, BENCH_HEADERS: lines.join("\n") };
  const said = await run(machine.onLoadCore(["wrk", ...args]), env);
  const json = /JSON(\{.*\})/.exec(said)?.[1];
  if (json === undefined) throw new Error(`wrk said nothing of use:\n${said}`);
  return JSON.parse(json);
}
