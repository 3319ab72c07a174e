import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../children.mjs";
import { load } from "../load.mjs";
import { chatRequest } from "../messages.mjs";
import { backend, modelProfile, serveNexus } from "../peers/nexus.mjs";
import { startPeer, stopPeers } from "../peers.mjs";
import { forgetPeak, peakMb, residentMb } from "../process-figures.mjs";

const STREAMS = 200;
const programs = path.join(import.meta.dirname, "..", "programs");
const COLLECTING = ["--expose-gc", "--import", path.join(programs, "collect-when-told.mjs")];

/** Whether memory stays where it is: after many requests, and under readers that are slow. */
export const memory = {
  name: "memory",
  title: `Memory: many requests, then ${STREAMS} long streams with slow readers`,
  async run(stage) {
    const [some, many] = stage.pace.memoryRequests;
    const file = path.join(stage.work, "body-memory.json");
    const server = await startPeer(stage, serve, undefined, chatRequest());
    const idle = await collected(server);
    writeFileSync(file, chatRequest());
    const afterSome = await after(stage, server, { requests: some, file });
    const afterMany = await after(stage, server, { requests: many - some, file });
    writeFileSync(file, chatRequest({ stream: true, model: "long" }));
    const slow = await underSlowReaders(stage, server, file);
    await stopPeers([server]);
    return {
      columns: ["", "resident MB"],
      rows: [
        ["after the first answer", idle],
        [`after ${some} requests`, afterSome.resident],
        [`after ${many} requests`, afterMany.resident],
        [`${STREAMS} slow readers, after half the time`, slow.half],
        [`${STREAMS} slow readers, at the end`, slow.end],
        [`${STREAMS} slow readers, at the most`, slow.peak],
      ].map(([name, mb]) => [name, mb.toFixed(0)]),
      checks: [
        {
          what: `memory after ${many} requests, × after ${some}`,
          value: afterMany.resident / afterSome.resident,
          floor: 1.1,
        },
        {
          what: "slow readers: memory at the end, × after half the time",
          value: slow.end / slow.half,
          floor: 1.1,
        },
        {
          what: "slow readers: MB for each stream",
          value: (slow.peak - afterMany.resident) / STREAMS,
          floor: 1,
        },
        { what: "slow readers: streams lost", value: STREAMS - slow.alive, floor: 0 },
        { what: "requests that went wrong", value: afterSome.wrong + afterMany.wrong, floor: 0 },
      ],
    };
  },
};

function serve(stage) {
  const { answer, long } = stage.upstreams;
  return serveNexus(stage, {
    nodeArgs: COLLECTING,
    backends: { box: backend(answer), tap: backend(long) },
    profiles: { "gpt-4o-mini": modelProfile("box"), long: modelProfile("tap") },
  });
}

async function collected({ child, pid }) {
  child.send("collect");
  await once(child, "message");
  return residentMb(pid);
}

/** Loads a server until it has answered so many requests more. */
async function after(stage, server, { requests, file }) {
  const { seconds } = stage.pace;
  let wrong = 0;
  let answered = 0;
  while (answered < requests) {
    stage.progress(`${answered} of ${requests} requests`);
    const seen = await load(stage, server, { connections: 16, seconds, body: file });
    answered += seen.perSecond * seconds;
    wrong += seen.wrong;
    if (seen.perSecond === 0) break;
  }
  return { wrong, resident: await collected(server) };
}

async function underSlowReaders({ machine, pace }, { url, pid }, file) {
  const { slowSeconds } = pace;
  const program = path.join(programs, "slow-readers.mjs");
  const args = [process.execPath, program, url, STREAMS, file, slowSeconds].map(String);
  forgetPeak(pid);
  const reading = run(machine.onLoadCore(args));
  await pause((slowSeconds * 1000) / 2);
  const half = residentMb(pid);
  await pause(slowSeconds * 400);
  const end = residentMb(pid);
  return { half, end, peak: peakMb(pid), alive: Number(await reading) };
}
