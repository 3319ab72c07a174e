import { writeFileSync } from "node:fs";
import path from "node:path";
import { median } from "../../support/statistics.mjs";
import { freePort, run, start } from "../children.mjs";
import { load } from "../load.mjs";
import { chatRequest } from "../messages.mjs";
import { startPeers, stopPeers } from "../peers.mjs";
import { cpuMs } from "../process-figures.mjs";
import { warmUp } from "../static-load.mjs";

const NAMES = ["direct", "nginx", "node-dispatch", "node-watch", "portkey", "nexus"];
const CHUNKS = 40;
const INTERVAL_MS = 25;
const programs = path.join(import.meta.dirname, "..", "programs");

/** Streams at the pace of a model. */
export const paced = {
  name: "paced",
  title: `Streams at the pace of a model: ${CHUNKS} chunks, one in ${INTERVAL_MS} ms`,
  async run(stage) {
    const body = chatRequest({ stream: true });
    const bodyFile = path.join(stage.work, "body-paced.json");
    writeFileSync(bodyFile, body);
    const upstream = await startPaced(stage);
    const peers = await startPeers(stage, NAMES, upstream, body);
    stage.progress("warming up");
    for (const peer of peers)
      await warmUp(stage.pace, (seconds) => load(stage, peer, { connections: 16, seconds, body: bodyFile }));
    await fetch(`${upstream.origin}/${INTERVAL_MS}`, { method: "PUT" });
    const some = await readInTurn(stage, peers, { streams: 64, bodyFile });
    const many = await readInTurn(stage, peers, { streams: 256, bodyFile });
    await stopPeers(peers);
    const added = (name, key) => some.get(name)[key] - some.get("direct")[key];
    const times = (key) => {
      const [ours, theirs] = [added("nexus", key), added("node-dispatch", key)];
      // On a busy machine a detour can seem to be shorter than the way.
      return theirs > 0 ? ours / theirs : Number.NaN;
    };
    return {
      columns: ["", "streams", "TTFT ms", "hop ms", "hop p99 ms", "CPU µs/chunk", "chunks lost"],
      rows: [some, many].flatMap((figures) => [...figures.values()].map(rowOf)),
      checks: [
        {
          what: "added time to first token at 64 streams, × node-dispatch",
          value: times("ttft"),
          floor: 1.3,
        },
        { what: "added hop at 64 streams, × node-dispatch", value: times("hop"), floor: 1.3 },
        {
          what: "chunks lost at 64 and 256 streams",
          value: some.get("nexus").lost + many.get("nexus").lost,
          floor: 0,
        },
      ],
    };
  },
};

async function startPaced({ work, machine }) {
  const port = await freePort();
  const args = [path.join(programs, "paced-upstream.mjs"), port, CHUNKS].map(String);
  start("paced-upstream", machine.onLoadCore([process.execPath, ...args]), { work });
  return { origin: `http://127.0.0.1:${port}`, prefix: "" };
}

/** Medians over the rounds by name of the peer; each round each peer's turn comes. */
async function readInTurn(stage, peers, { streams, bodyFile }) {
  const seen = new Map(peers.map(({ name }) => [name, []]));
  for (let round = 1; round <= stage.pace.rounds; round++) {
    stage.progress(`${streams} streams, round ${round} of ${stage.pace.rounds}`);
    for (const peer of peers) {
      seen.get(peer.name).push(await readOnce(stage, peer, { streams, bodyFile }));
    }
  }
  return new Map(
    [...seen].map(([name, figures]) => {
      const middle = (key) => median(figures.map((one) => one[key]));
      const lost = figures.reduce((total, one) => total + one.lost, 0);
      const [ttft, hop, hop99, cpuUs] = ["ttft", "hop", "hop99", "cpuUs"].map(middle);
      return [name, { name, streams, ttft, hop, hop99, cpuUs, lost }];
    }),
  );
}

async function readOnce({ machine }, { pid, url, headers = {} }, { streams, bodyFile }) {
  const client = path.join(programs, "paced-client.mjs");
  const args = [process.execPath, client, url, String(streams), bodyFile, JSON.stringify(headers)];
  const before = pid === undefined ? Number.NaN : cpuMs(pid);
  const { chunks, ttft, hop, hop99 } = JSON.parse(await run(machine.onLoadCore(args)));
  const spent = pid === undefined ? Number.NaN : cpuMs(pid) - before;
  const none = Number.NaN;
  return {
    ttft: ttft ?? none,
    hop: hop ?? none,
    hop99: hop99 ?? none,
    lost: streams * CHUNKS - chunks,
    cpuUs: (spent * 1000) / chunks,
  };
}

function rowOf({ name, streams, ttft, hop, hop99, cpuUs, lost }) {
  const cpu = Number.isNaN(cpuUs) ? "" : cpuUs.toFixed(0);
  return [name, String(streams), ttft.toFixed(2), hop.toFixed(2), hop99.toFixed(2), cpu, String(lost)];
}
