import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFile } from "../../support/generated.ts";
import { CANARIES, findCanaries } from "./canary.ts";
import { ELSEWHERE, SECTIONS } from "./catalogue.ts";
import { faultsPage } from "./page.ts";
import { GOOD, type Played, play, storeKey } from "./play.ts";
import type { Answered, BrokeOff, Failed, Row } from "./row.ts";

const ROWS = SECTIONS.flatMap(({ rows }) => rows);
const played = new Map<Row, Played>();
let secrets: string;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  secrets = await storeKey((clean) => cleanUp.push(clean));
});
afterAll(async () => {
  for (const clean of cleanUp) await clean();
});

describe.concurrent("every fault of a backend", () => {
  test.for(ROWS.map((row) => [`${row.id} ${row.ends.phase}: ${row.fault}`, row] as const))(
    "%s",
    async ([_title, row], { onTestFinished }) => {
      const runs = await play(row, secrets, onTestFinished);
      played.set(row, runs);
      check(row, runs);
      expect(runs.leaks).toEqual([]);
      expect(runs.searched).toEqual(expect.arrayContaining(["history.db", "state.db"]));
    },
  );
});

function check({ ends }: Row, runs: Played): void {
  if (ends.phase === "pre") checkFailed(ends, runs);
  else if (ends.phase === "post") checkBrokenOff(ends, runs);
  else checkAnswered(ends, runs);
}

/** Before the first content: the next member answers, or the chain stops, and each member was asked once. */
function checkFailed({ chain, exit, stops, reached = 1, says = /(?:)/ }: Failed, runs: Played): void {
  const { paired, alone, goodReached } = runs;
  expect(paired).toMatchObject({
    chain: line(chain, stops ? "" : " -> good: success"),
    code: stops ? exit : 0,
    stdout: stops ? "" : `${GOOD}\n`,
    reached,
  });
  expect(goodReached).toBe(stops ? 0 : 1);
  expect(alone).toMatchObject({ chain: line(chain), code: exit, stdout: "", reached });
  expect(alone?.stderr).toMatch(says);
}

/** After content: what had come stays, and nobody is asked again. */
function checkBrokenOff({ chain, text }: BrokeOff, { paired, goodReached }: Played): void {
  expect(paired).toMatchObject({ chain: line(chain), code: 7, stdout: whole(text), reached: 1 });
  expect(goodReached).toBe(0);
}

function checkAnswered(
  { text, reached = 1, says = /(?:)/ }: Answered,
  { paired, goodReached }: Played,
): void {
  expect(paired).toMatchObject({ code: 0, stdout: whole(text), reached });
  expect(paired.chain).toMatch(/(^|-> )faulty: success$/);
  expect(paired.stderr).toMatch(says);
  expect(goodReached).toBe(0);
}

function line(chain: string | RegExp, rest = ""): unknown {
  if (typeof chain === "string") return `faulty: ${chain}${rest}`;
  return expect.stringMatching(new RegExp(`^faulty: ${chain.source.replace(/^\^|\$$/g, "")}${rest}$`));
}

/** An answer ends with a line break, unless there is none. */
function whole(text: string | RegExp): unknown {
  if (typeof text === "string") return text === "" ? "" : `${text}\n`;
  return expect.stringMatching(text);
}

test.for(["--json", "--ndjson"])("U61 %s repeats no key that an error repeats", async (flag, context) => {
  const row: Row = {
    id: "U61",
    fault: "an error repeats the key",
    peer: "echo-key:error=500",
    args: [flag],
    ends: { phase: "pre", chain: "", exit: 5 },
  };
  const { paired, alone, leaks } = await play(row, secrets, context.onTestFinished);
  for (const run of [paired, alone]) expect(run?.stdout).toContain("Refused Bearer [redacted]");
  expect(leaks).toEqual([]);
});

test("every fault of the catalogue has a row or a place elsewhere", () => {
  const shown = new Set([...ROWS.flatMap(({ id }) => id.split(" ")), ...Object.keys(ELSEWHERE)]);
  const all = Array.from({ length: 96 }, (_, index) => `U${index + 1}`);
  expect(all.filter((id) => !shown.has(id))).toEqual([]);
});

describe("the search for keys finds one that was planted", () => {
  const key = CANARIES.env;
  test.each([
    ["raw", key],
    ["URL-encoded", `?key=${encodeURIComponent(key)}`],
    ["JSON-escaped", JSON.stringify({ key })],
    ["JSON-escaped twice", JSON.stringify(JSON.stringify({ key }))],
    ["base64 at 0", Buffer.from(`${key}:`).toString("base64")],
    ["base64 at 1", Buffer.from(`:${key}:`).toString("base64")],
    ["base64 at 2", Buffer.from(`u:${key}:`).toString("base64")],
    ["base64url at 0", Buffer.from(`${key}:`).toString("base64url")],
  ])("%s", (form, text) => {
    const found = findCanaries([{ name: "log", bytes: Buffer.from(`before ${text} after`) }]);
    expect(found).toContain(`log: ${form}`);
  });
});

test("docs/faults.md says what these runs printed (after a change: npm run docs)", async () => {
  await expect(faultsPage(played)).toMatchFileSnapshot(projectFile("docs/faults.md"));
});
