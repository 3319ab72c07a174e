import { setTimeout as pause } from "node:timers/promises";
import { median } from "../../support/statistics.mjs";
import { chatRequest } from "../messages.mjs";
import { PEERS, startPeer, stopPeers } from "../peers.mjs";
import { cpuMs, residentMb, sleeps } from "../process-figures.mjs";
import { ratio } from "../verdict.mjs";

const NAMES = ["nginx", "node-dispatch", "node-nexuslike", "portkey", "nexus"];
const SETTLE_MS = 1_000;

/** From nothing to the first answer, and what is then resident. */
export const startup = {
  name: "startup",
  title: "From the start to the first answer",
  async run(stage) {
    const seen = new Map();
    for (let round = 1; round <= stage.pace.rounds; round++) {
      stage.progress(`round ${round} of ${stage.pace.rounds}`);
      for (const name of NAMES) {
        const figures = await startOnce(stage, name);
        if (figures !== undefined) seen.set(name, [...(seen.get(name) ?? []), figures]);
      }
    }
    const figures = new Map([...seen].map(([name, all]) => [name, medians(all)]));
    return {
      columns: ["", "first answer ms", "CPU ms", "idle MB", "idle wake-ups/s"],
      rows: [...figures].map(([name, { wall, cpu, idle, wakes }]) => [
        name,
        ...[wall, cpu, idle, wakes].map((figure) => figure.toFixed(0)),
      ]),
      checks: [
        {
          what: "CPU to the first answer, × node-nexuslike",
          value: ratio(figures, "nexus", "node-nexuslike", "cpu"),
          floor: 2,
          goal: 1.4,
        },
        { what: "idle memory, MB", value: figures.get("nexus").idle, floor: 100 },
        { what: "idle wake-ups in a second", value: figures.get("nexus").wakes, floor: 20 },
      ],
    };
  },
};

async function startOnce(stage, name) {
  const began = performance.now();
  let peer;
  try {
    peer = await startPeer(stage, PEERS[name], stage.upstreams.answer, chatRequest());
  } catch (error) {
    if (name === "nexus") throw error;
    stage.note(`${name} is left out: ${error.message}`);
    return undefined;
  }
  const wall = performance.now() - began;
  const cpu = cpuMs(peer.pid);
  await pause(SETTLE_MS);
  const idle = residentMb(peer.pid);
  const before = sleeps(peer.pid);
  await pause(1_000);
  const wakes = sleeps(peer.pid) - before;
  await stopPeers([peer]);
  return { wall, cpu, idle, wakes };
}

function medians(all) {
  const [wall, cpu, idle, wakes] = ["wall", "cpu", "idle", "wakes"].map((key) =>
    median(all.map((one) => one[key])),
  );
  return { wall, cpu, idle, wakes };
}
