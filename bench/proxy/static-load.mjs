import { writeFileSync } from "node:fs";
import path from "node:path";
import { median } from "../support/statistics.mjs";
import { load } from "./load.mjs";

const WARM_STEP_SECONDS = 2;

/**
 * Loads peers in turn, round after round, so that a busy machine slows all alike, and resolves to the medians by name of
 * the peer. Warm-up comes first: the compiler in Node is done after some hundred thousand requests, the ends of their connections
 * among them.
 */
export async function loadInTurn(stage, peers, { connections, answerBytes, body }) {
  const { rounds, seconds } = stage.pace;
  const files = new Map(peers.map((peer) => [peer.name, path.join(stage.work, `body-${peer.name}.json`)]));
  for (const peer of peers) writeFileSync(files.get(peer.name), peer.body ?? body);
  const run = (peer, length) =>
    load(stage, peer, { connections, seconds: length, body: files.get(peer.name), answerBytes });
  const seen = new Map(peers.map(({ name }) => [name, []]));
  stage.progress("warming up");
  for (const peer of peers) await warmUp(stage.pace, (length) => run(peer, length));
  for (let round = 1; round <= rounds; round++) {
    stage.progress(`round ${round} of ${rounds}`);
    for (const peer of peers) seen.get(peer.name).push(await run(peer, seconds));
  }
  return new Map([...seen].map(([name, figures]) => [name, summary(figures)]));
}

/** Loads a peer by `run(seconds)` until it has answered often enough to be compiled, or for long enough. */
export async function warmUp({ warmRequests, warmSeconds }, run) {
  let answered = 0;
  for (let spent = 0; spent < warmSeconds && answered < warmRequests; spent += WARM_STEP_SECONDS)
    answered += (await run(WARM_STEP_SECONDS)).perSecond * WARM_STEP_SECONDS;
}

/** Headings of the table that `rowsOf` fills. */
export const COLUMNS = ["", "requests/s", "MB/s", "p50 ms", "p99 ms", "CPU µs/request", "went wrong"];

/** One row for each peer, to be printed. */
export function rowsOf(figures) {
  return [...figures].map(([name, { perSecond, mbPerSecond, p50, p99, cpuUs, wrong }]) => [
    name,
    perSecond.toFixed(0),
    mbPerSecond.toFixed(1),
    p50.toFixed(2),
    p99.toFixed(2),
    Number.isNaN(cpuUs) ? "" : cpuUs.toFixed(0),
    String(wrong),
  ]);
}

/** That every answer of nexus came, with status 200 and whole. */
export function nothingWrong(figures) {
  const ours = [...figures].filter(([name]) => name.startsWith("nexus"));
  const value = ours.reduce((total, [, { wrong }]) => total + wrong, 0);
  return { what: "requests that went wrong", value, floor: 0 };
}

function summary(figures) {
  const middle = (key) => median(figures.map((one) => one[key]));
  return {
    perSecond: middle("perSecond"),
    mbPerSecond: middle("mbPerSecond"),
    p50: middle("p50"),
    p99: middle("p99"),
    cpuUs: middle("cpuUs"),
    wrong: figures.reduce((total, { wrong }) => total + wrong, 0),
  };
}
