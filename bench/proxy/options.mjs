import { parseArgs } from "node:util";

/** How long things take, in seconds, and how often they are done. */
const PACE = {
  rounds: 5,
  seconds: 3,
  warmRequests: 120_000,
  warmSeconds: 25,
  memoryRequests: [20_000, 100_000],
  slowSeconds: 30,
};
const QUICK = {
  rounds: 3,
  seconds: 1,
  warmRequests: 4_000,
  warmSeconds: 6,
  memoryRequests: [2_000, 10_000],
  slowSeconds: 10,
};

/** What the command line asks for. Throws when it names a scenario that is not there. */
export function readOptions(args, known) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      json: { type: "string" },
      rounds: { type: "string" },
    },
  });
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no scenario ${unknown.join(", ")}; there are ${known.join(", ")}`);
  const pace = values.quick ? QUICK : PACE;
  return {
    names: positionals.length > 0 ? positionals : known,
    quick: values.quick,
    check: values.check,
    write: values.write,
    json: values.json,
    command: commandOf(positionals, values),
    pace: { ...pace, rounds: Number(values.rounds ?? pace.rounds) },
  };
}

/** What measures the same. Where else the figures were told is nobody's business who reads the page. */
function commandOf(names, { quick, rounds }) {
  const flags = [...(quick ? ["--quick"] : []), ...(rounds === undefined ? [] : ["--rounds", rounds])];
  return ["npm run bench --", ...names, ...flags, "--write"].join(" ");
}
