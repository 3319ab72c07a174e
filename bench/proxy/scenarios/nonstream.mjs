import { chatRequest } from "../messages.mjs";
import { startPeers, stopPeers } from "../peers.mjs";
import { COLUMNS, loadInTurn, nothingWrong, rowsOf } from "../static-load.mjs";
import { ratio } from "../verdict.mjs";

const NAMES = ["direct", "nginx", "node-dispatch", "node-nexuslike", "portkey", "nexus"];

/** Answers as a whole. */
export const nonstream = {
  name: "nonstream",
  title: "Answers as a whole: 2 KB prompt, 16 connections",
  async run(stage) {
    const { answer } = stage.upstreams;
    const body = chatRequest();
    const peers = await startPeers(stage, NAMES, answer, body);
    const figures = await loadInTurn(stage, peers, { connections: 16, answerBytes: answer.bytes, body });
    await stopPeers(peers);
    const times = (other, key) => ratio(figures, "nexus", other, key);
    return {
      columns: COLUMNS,
      rows: rowsOf(figures),
      checks: [
        {
          what: "requests/s, × node-nexuslike",
          value: times("node-nexuslike", "perSecond"),
          floor: 0.7,
          goal: 0.95,
          better: "more",
        },
        { what: "requests/s, × portkey", value: times("portkey", "perSecond"), floor: 10, better: "more" },
        {
          what: "CPU per request, × node-nexuslike",
          value: times("node-nexuslike", "cpuUs"),
          floor: 1.5,
          goal: 1.1,
        },
        nothingWrong(figures),
      ],
    };
  },
};
