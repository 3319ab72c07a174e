import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../matrix/backends.ts";
import { ollamaClient } from "../matrix/ollama.ts";
import { openaiResponsesClient } from "../matrix/openai-responses.ts";
import { type FailingFirst, failingFirst } from "./support/failing-first.ts";
import { BROKEN, PASSED_ON } from "./support/failover-faults.ts";
import { readToCut } from "./support/read-to-cut.ts";

/** The doors without a file of their own for this, each over a backend of its own language and of another's. */
const DOORS = [
  { door: openaiResponsesClient, dialects: ["openai-responses", "anthropic"] },
  { door: ollamaClient, dialects: ["ollama", "openai-chat"] },
] as const;

/** Short clocks, so that silence is soon told from thought. */
const QUICK = { timeouts: { first_content_ms: 500, answer_ms: 500, idle_ms: 500 } };

const STOPPED = [
  ["FB13", "stopped by the content filter", "400-policy"],
  ["FB14", "a prefill that is refused", "400:message=Prefilling is not supported."],
] as const;

const FAULTS = [...new Set([...PASSED_ON, ...STOPPED, ...BROKEN].map(([, , fault]) => fault))];

/** A backend for each door, dialect, form of the answer and fault; behind it a good one. */
const CASES = DOORS.flatMap(({ door, dialects }, at) =>
  dialects.flatMap((dialect) =>
    [false, true].flatMap((stream) =>
      FAULTS.map((fault, number) => ({
        ...{ door, dialect, stream, fault },
        name: `${at}-${dialect}-${stream}-${number}`,
      })),
    ),
  ),
);

type Case = (typeof CASES)[number];

let way: FailingFirst;

beforeAll(async () => {
  way = await failingFirst(
    CASES.map((one) => {
      const record = BACKENDS.find(({ dialect }) => dialect === one.dialect)?.record;
      return { ...one, record: { ...record, ...QUICK, api_key_env: "K" } };
    }),
  );
  return way.end;
}, 60_000);

/** What a client of the door sees when the first backend has this fault. */
async function play({ door, name, stream }: Case) {
  const { body } = plain(door);
  const { good, faulty } = way;
  const before = good.chats.length;
  const response = await door.send(way, `lb-${name}`, body, stream);
  const { text, cut } = await readToCut(response);
  const [first = "", last = ""] = (response.headers.get("x-nexus-chain") ?? "").split(" -> ");
  return {
    ...door.read(text, stream),
    ...{ status: response.status, headers: response.headers, raw: text, cut, last },
    first: first.replace(`${name}: `, ""),
    asked: [faulty.get(name)?.chats.length, good.chats.length - before],
  };
}

function plain(door: Case["door"]) {
  const asked = door.asks["a rate limit"];
  if (asked === "no words") throw new TypeError("every client can say hello");
  return asked;
}

const casesOf = (faults: readonly (readonly [id: string, what: string, fault: string, chain?: RegExp])[]) =>
  CASES.flatMap((one) =>
    faults.flatMap(([id, what, fault, chain]) =>
      fault === one.fault ? [{ ...one, id, what, chain: chain ?? /./, client: one.door.name }] : [],
    ),
  );

describe("faults at a door", () => {
  it.each(casesOf(PASSED_ON))(
    "$id $what: the next member answers the client of $client ($dialect, stream: $stream)",
    async ({ chain, ...one }) => {
      const seen = await play(one);
      expect([seen.status, seen.cut, seen.asked], seen.raw).toEqual([200, false, [1, 1]]);
      expect(seen.first).toMatch(chain);
      expect(seen.last).toBe(one.stream ? "good: streaming" : "good: success");
      expect(seen).toMatchObject({ text: "Fine.", broken: false });
      expect(seen.headers.get("x-nexus-fallback-model")).toBe("m-good");
    },
  );

  it.each(casesOf(STOPPED))(
    "$id $what keeps its status for the client of $client, and nobody else is asked ($dialect, stream: $stream)",
    async (one) => {
      const seen = await play(one);
      expect([seen.status, seen.cut, seen.asked], seen.raw).toEqual([400, false, [1, 0]]);
      expect(JSON.parse(seen.raw)).toHaveProperty("error");
      expect(seen.headers.get("x-should-retry")).toBe("false");
    },
  );

  it.each(casesOf(BROKEN).filter(({ stream }) => stream))(
    "$id a stream that $what after it had begun is told to the client of $client, and its connection cut ($dialect)",
    async (one) => {
      const seen = await play(one);
      expect([seen.status, seen.cut, seen.asked], seen.raw).toEqual([200, true, [1, 0]]);
      expect(seen.broken).toBe(true);
      expect(seen.error).toMatch(/\S/);
      expect(seen.last).toBe("");
    },
  );
});
