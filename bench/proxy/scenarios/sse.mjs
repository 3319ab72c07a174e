import { chatRequest } from "../messages.mjs";
import { startPeers, stopPeers } from "../peers.mjs";
import { COLUMNS, loadInTurn, nothingWrong, rowsOf } from "../static-load.mjs";
import { ratio } from "../verdict.mjs";

const NAMES = ["direct", "nginx", "node-dispatch", "node-watch", "node-nexuslike", "portkey", "nexus"];

/** Streams as fast as they can be passed on. */
export const sse = {
  name: "sse",
  title: "Streams at full speed: 500 chunks (117 KB) of the same dialect, 16 connections",
  async run(stage) {
    const upstream = stage.upstreams.sse500;
    const body = chatRequest({ stream: true });
    const peers = await startPeers(stage, NAMES, upstream, body);
    const figures = await loadInTurn(stage, peers, { connections: 16, answerBytes: upstream.bytes, body });
    await stopPeers(peers);
    const times = (other, key) => ratio(figures, "nexus", other, key);
    return {
      columns: COLUMNS,
      rows: rowsOf(figures),
      checks: [
        { what: "MB/s, × node-watch", value: times("node-watch", "mbPerSecond"), floor: 0.9, better: "more" },
        {
          what: "MB/s, × node-dispatch",
          value: times("node-dispatch", "mbPerSecond"),
          floor: 0.4,
          goal: 0.7,
          better: "more",
        },
        nothingWrong(figures),
      ],
    };
  },
};
