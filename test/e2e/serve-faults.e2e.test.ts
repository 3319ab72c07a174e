import { describe, expect, it } from "vitest";
import type { Step } from "../../src/mock/step.ts";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

/** What a client of the server sees. */
interface Seen {
  readonly status: number;
  /** Our chain, and the client's text as far as it came. */
  readonly chain: string;
  readonly text: string;
  readonly cut: boolean;
  readonly headers: Headers;
  /** Requests to the faulty backend and to the good one. */
  readonly asked: readonly [number, number];
}

/** Short clocks, so that silence is soon told from thought. */
const QUICK = { timeouts: { first_content_ms: 300, answer_ms: 300, idle_ms: 300 } };

async function play(steps: readonly Step[], stream: boolean, profile = "lb"): Promise<Seen> {
  const faulty = await backend({ steps, answer: "One two three four." });
  const good = await backend({ answer: "Fine." });
  const space = await failoverWorkspace({ faulty: { url: faulty.url, record: QUICK }, good });
  const server = await serve(space);
  const response = await server.chat(asking(profile, { stream }));
  let text = "";
  let cut = false;
  try {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
  } catch {
    cut = true;
  }
  return {
    status: response.status,
    chain: response.headers.get("x-nexus-chain") ?? "",
    text,
    cut,
    headers: response.headers,
    asked: [faulty.chats.length, good.chats.length],
  };
}

describe.each([{ stream: false }, { stream: true }])(
  "the next member answers (stream: $stream)",
  ({ stream }) => {
    it.each([
      ["FB01", "429 with a wait", "429:retry-after=30", /^rate limited$/],
      ["FB02", "429 that lasts", "429", /^rate limited$/],
      ["FB03", "one 500", "500", /^failed \(500 .+\)$/],
      ["FB04", "503 that lasts", "503", /^failed \(503 .+\)$/],
      ["FB05", "a connection that is reset after its headers", "cut-after-headers", /^failed \(.+\)$/],
      ["FB06", "silence", "timeout", /^timeout$/],
      ["FB07", "a first token that is late", "role-only-stall", /^timeout$/],
      ["FB10", "a first message that is broken", "malformed", /^failed \(.+\)$/],
      [
        "FB12",
        "longer than the context, which another may have",
        "400-context",
        /^failed \(context length: .+\)$/,
      ],
      ["FB15", "a backend that flaps", "flapping", /^failed \(503 .+\)$/],
    ])("%s %s", async (_, __, fault, chain) => {
      const seen = await play([fault], stream);
      expect([seen.status, seen.cut, seen.asked]).toEqual([200, false, [1, 1]]);
      const [first, last] = seen.chain.split(" -> ");
      expect(first?.replace(/^faulty: /, "")).toMatch(chain);
      expect(last).toBe(stream ? "good: streaming" : "good: success");
      expect(seen.text).toContain("Fine.");
      expect(seen.headers.get("x-nexus-fallback-model")).toBe("m-good");
    });
  },
);

describe.each([{ stream: false }, { stream: true }])(
  "nobody else is asked (stream: $stream)",
  ({ stream }) => {
    it.each([
      ["FB12", "longer than the context of the only member", "400-context", 400, "context_length_exceeded"],
      ["FB13", "stopped by the content filter", "400-policy", 400, "content_policy_violation"],
      [
        "FB14",
        "a prefill that is refused",
        "400:message=Prefilling is not supported.",
        400,
        "invalid_request_error",
      ],
    ])("%s %s keeps its status", async (_, __, fault, status, code) => {
      const seen = await play([fault], stream, fault === "400-context" ? "faulty" : "lb");
      expect([seen.status, seen.cut, seen.asked]).toEqual([status, false, [1, 0]]);
      expect(JSON.parse(seen.text)).toMatchObject({ error: { code, message: expect.stringMatching(/\S/) } });
      expect(seen.headers.get("x-should-retry")).toBe("false");
    });
  },
);

describe("an answer that had begun", () => {
  it.each([
    ["FB08", "is cut", "cut-stream:after=2"],
    ["FB09", "stalls", "stall:after=2"],
    ["FB10", "turns into a broken message", "malformed-after:after=2"],
    ["FB11", "ends without a stop reason or [DONE]", "end-stream:after=2"],
  ])("%s %s: an error event, a cut connection, and nobody else is asked", async (_, __, fault) => {
    const seen = await play([fault], true);
    expect([seen.status, seen.cut, seen.asked]).toEqual([200, true, [1, 0]]);
    expect(seen.chain).toBe("faulty: streaming");
    expect(seen.text).toContain('"code":"stream_truncated"');
    expect(seen.text).not.toContain("[DONE]");
    expect(seen.text).not.toContain('"finish_reason":"stop"');
  });

  it.each([
    ["FB08", "cut", "cut-stream:after=2"],
    ["FB09", "stalled", "stall:after=2"],
  ])(
    "%s of an unstreamed answer nothing has passed: %s, and the next member answers",
    async (_, __, fault) => {
      const seen = await play([fault], false);
      expect([seen.status, seen.asked]).toEqual([200, [1, 1]]);
      expect(seen.text).toContain("Fine.");
    },
  );

  it("FB11 is whole without [DONE] when its stop reason came", async () => {
    const seen = await play(["no-done"], true);
    expect([seen.status, seen.cut, seen.asked]).toEqual([200, false, [1, 0]]);
    expect(seen.text).toContain('"finish_reason":"stop"');
  });

  it("FB13 stopped by the content filter in the middle keeps what came and says so", async () => {
    const seen = await play(["filtered"], true);
    expect([seen.status, seen.cut, seen.asked]).toEqual([200, false, [1, 0]]);
    expect(seen.text).toContain('"finish_reason":"content_filter"');
  });
});

it("FB16 what a failed attempt and the answer took is counted, and told once", async () => {
  const faulty = await backend({ steps: ["503"] });
  const good = await backend({ answer: { text: "Fine.", usage: { input: 11, output: 7 } } });
  const space = await failoverWorkspace({ faulty, good });
  const server = await serve(space);
  const response = await server.chat(asking("lb"));
  expect(await response.json()).toMatchObject({ usage: { prompt_tokens: 11, completion_tokens: 7 } });
  server.child.kill("SIGTERM");
  await server.ended;
  const told = await space.nexus(["why", "last", "--json"]);
  expect(JSON.parse(told.stdout)).toMatchObject({
    request_id: response.headers.get("x-nexus-request-id"),
    attempts: [
      { member: "faulty", outcome: "overloaded" },
      { member: "good", outcome: "success" },
    ],
  });
});

describe("X-02 the server's headers and the command line tell the same of one script", () => {
  it.each<{ lb: readonly [string, string] }>([
    { lb: ["503", "ok"] },
    { lb: ["429:retry-after=30", "ok"] },
    { lb: ["401", "500"] },
    { lb: ["404-model", "malformed"] },
    { lb: ["400-policy", "ok"] },
    { lb: ["malformed", "429"] },
  ])("$lb", async ({ lb: [first, second] }) => {
    const chains: string[] = [];
    const asked: number[][] = [];
    for (const door of ["server", "command line"]) {
      const [a, b] = [await backend({ steps: [first] }), await backend({ steps: [second] })];
      const space = await failoverWorkspace({ a, b });
      if (door === "server") {
        const response = await (await serve(space)).chat(asking("lb"));
        await response.text();
        chains.push(response.headers.get("x-nexus-chain") ?? "");
      } else {
        const { stdout } = await space.nexus(["chat", "-p", "lb", "--json", "--no-stream", "Hello?"]);
        const { chain_log } = JSON.parse(stdout);
        chains.push(chain_log.join(" -> "));
      }
      asked.push([a.chats.length, b.chats.length]);
    }
    expect(chains[0]).toBe(chains[1]);
    expect(asked[0]).toEqual(asked[1]);
  });
});
