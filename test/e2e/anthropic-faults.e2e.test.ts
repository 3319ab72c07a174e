import { beforeAll, describe, expect, it } from "vitest";
import { fakeClock } from "../support/fake-clock.ts";
import { askAnthropic, saying } from "./support/anthropic.ts";
import { backend } from "./support/backends.ts";
import { type FailingFirst, failingFirst } from "./support/failing-first.ts";
import { BROKEN, PASSED_ON } from "./support/failover-faults.ts";
import { readToCut } from "./support/read-to-cut.ts";
import { serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

/** Short clocks, so that silence is soon told from thought. */
const QUICK = { timeouts: { first_content_ms: 300, answer_ms: 300, idle_ms: 300 } };
const RECORDS = {
  anthropic: { type: "anthropic", api_key_env: "K" },
  "openai-chat": { type: "generic" },
} as const;
const env = { K: "sk-made-up" };

const STOPPED = [
  ["FB12", "longer than the context of the only member", "400-context", "context_length_exceeded"],
  ["FB13", "stopped by the content filter", "400-policy", undefined],
  ["FB14", "a prefill that is refused", "400:message=Prefilling is not supported.", undefined],
] as const;

const FAULTS = [...PASSED_ON, ...STOPPED, ...BROKEN, ["FB11", "", "no-done"], ["FB13", "", "filtered"]].map(
  ([, , fault]) => String(fault),
);

/** Of each dialect a backend for each fault and form of the answer, behind it a good one of OpenAI's dialect. */
const CASES = (["anthropic", "openai-chat"] as const).flatMap((dialect) =>
  [false, true].flatMap((stream) =>
    [...new Set(FAULTS)].map((fault, at) => ({ dialect, stream, fault, name: `${dialect}-${stream}-${at}` })),
  ),
);

let way: FailingFirst;

beforeAll(async () => {
  way = await failingFirst(CASES.map((one) => ({ ...one, record: { ...RECORDS[one.dialect], ...QUICK } })));
  return way.end;
}, 60_000);

/** What a client of the door sees when the first backend has this fault. */
async function play(dialect: keyof typeof RECORDS, stream: boolean, fault: string, alone = false) {
  const name =
    CASES.find((one) => one.dialect === dialect && one.stream === stream && one.fault === fault)?.name ?? "";
  const { server, good, faulty } = way;
  const before = good.chats.length;
  const response = await askAnthropic(server, saying(alone ? name : `lb-${name}`, { stream }));
  const { text, cut } = await readToCut(response);
  const [first = "", last = ""] = (response.headers.get("x-nexus-chain") ?? "").split(" -> ");
  return {
    status: response.status,
    headers: response.headers,
    first: first.replace(`${name}: `, ""),
    last,
    text,
    cut,
    asked: [faulty.get(name)?.chats.length, good.chats.length - before],
    types: [...text.matchAll(/^event: (\S+)/gm)].map(([, type]) => type),
  };
}

describe.each([
  { dialect: "anthropic", stream: false },
  { dialect: "anthropic", stream: true },
  { dialect: "openai-chat", stream: false },
  { dialect: "openai-chat", stream: true },
] as const)("at the Anthropic door, a backend of $dialect (stream: $stream)", ({ dialect, stream }) => {
  it.each(PASSED_ON)("%s %s: the next member answers", async (_, __, fault, chain) => {
    const seen = await play(dialect, stream, fault);
    expect([seen.status, seen.cut, seen.asked]).toEqual([200, false, [1, 1]]);
    expect(seen.first).toMatch(chain);
    expect(seen.last).toBe(stream ? "good: streaming" : "good: success");
    expect(seen.text).toContain("Fine.");
    expect(seen.headers.get("x-nexus-fallback-model")).toBe("m-good");
    if (stream)
      expect([seen.types.filter((type) => type === "message_start").length, seen.types.at(-1)]).toEqual([
        1,
        "message_stop",
      ]);
  });

  it.each(STOPPED)("%s %s keeps its status, and nobody else is asked", async (_, __, fault, code) => {
    const seen = await play(dialect, stream, fault, fault === "400-context");
    expect([seen.status, seen.cut, seen.asked[1]]).toEqual([400, false, 0]);
    expect(JSON.parse(seen.text)).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringMatching(/\S/), ...(code && { code }) },
      request_id: seen.headers.get("x-nexus-request-id"),
    });
    expect(seen.headers.get("x-should-retry")).toBe("false");
  });
});

describe.each(["anthropic", "openai-chat"] as const)(
  "at the Anthropic door, a stream of %s that had begun",
  (dialect) => {
    it.each(BROKEN)(
      "%s %s: an error event, a cut connection, and nobody else is asked",
      async (_, __, fault) => {
        const seen = await play(dialect, true, fault);
        expect([seen.status, seen.cut, seen.asked]).toEqual([200, true, [1, 0]]);
        expect(seen.last).toBe("");
        expect(seen.types.at(-1)).toBe("error");
        expect(seen.text).toContain('"code":"stream_truncated"');
        expect(seen.types).not.toContain("message_stop");
      },
    );

    it("FB11 is whole without its last word when its stop reason came", async () => {
      const seen = await play(dialect, true, "no-done");
      expect([seen.status, seen.cut, seen.asked]).toEqual([200, false, [1, 0]]);
      expect(seen.text).toContain('"stop_reason":"end_turn"');
    });

    it("FB13 stopped by the content filter in the middle keeps what came and says so", async () => {
      const seen = await play(dialect, true, "filtered");
      expect([seen.status, seen.cut, seen.asked]).toEqual([200, false, [1, 0]]);
      expect(seen.text).toContain('"stop_reason":"refusal"');
    });
  },
);

describe("at the Anthropic door, over time", () => {
  it("FB15 a backend that flaps costs one probe a bad time, and is back by itself", async () => {
    const clock = fakeClock();
    const flapping = await backend({ dialect: "anthropic", steps: ["flapping:period=60s"], clock });
    const settings = { circuit_breaker_recovery_timeout_ms: 400 };
    const record = RECORDS.anthropic;
    const space = await failoverWorkspace(
      { flapping: { url: flapping.url, record }, good: await backend() },
      settings,
    );
    const flaky = await serve(space, [], { env });
    const first = async () => {
      const response = await askAnthropic(flaky, saying("lb"));
      expect(response.status, await response.text()).toBe(200);
      return response.headers.get("x-nexus-chain")?.split(" -> ")[0];
    };
    for (let failure = 0; failure < 3; failure += 1)
      expect(await first()).toMatch(/^flapping: failed \(503 /);
    expect(await first()).toBe("flapping: circuit open (skipped)");
    await clock.advance(60_000);
    const seen: (string | undefined)[] = [];
    while (seen.at(-1) !== "flapping: success") seen.push(await first());
    expect(new Set(seen.slice(0, -1))).toEqual(
      new Set(seen.length === 1 ? [] : ["flapping: circuit open (skipped)"]),
    );
  });

  it("FB16 the client is told what its answer took, and the history what every attempt took", async () => {
    const empty = await backend({
      dialect: "anthropic",
      steps: [{ text: "", usage: { input: 1_000, output: 0 } }],
    });
    const answers = await backend({ answer: { text: "Fine.", usage: { input: 2_000, output: 500 } } });
    const record = RECORDS.anthropic;
    const space = await failoverWorkspace({ empty: { url: empty.url, record }, answers });
    const counting = await serve(space, [], { env });
    const response = await askAnthropic(counting, saying("lb", { stream: true }));
    expect(await response.text()).toMatch(
      /"type":"message_delta".*"input_tokens":2000,.*"output_tokens":500/,
    );
    expect(await (await fetch(`${counting.url}/v1/stats`)).json()).toMatchObject({
      total: { attempts: 2, input_tokens: 3_000, output_tokens: 500 },
    });
  });
});
