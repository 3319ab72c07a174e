import { describe, expect, it } from "vitest";
import type { MockOptions } from "../../src/mock/mock.ts";
import type { Step } from "../../src/mock/step.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { backend } from "./support/backends.ts";
import { BROKEN, PASSED_ON } from "./support/failover-faults.ts";
import { readToCut } from "./support/read-to-cut.ts";
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

async function play(
  steps: readonly Step[],
  stream: boolean,
  profile = "lb",
  more: MockOptions = {},
): Promise<Seen> {
  const faulty = await backend({ steps, answer: "One two three four.", ...more });
  const good = await backend({ answer: "Fine." });
  const space = await failoverWorkspace({ faulty: { url: faulty.url, record: QUICK }, good });
  const server = await serve(space);
  const response = await server.chat(asking(profile, { stream }));
  const { text, cut } = await readToCut(response);
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
    it.each(PASSED_ON)("%s %s", async (_, __, fault, chain) => {
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
  it.each(BROKEN)(
    "%s %s: an error event, a cut connection, and nobody else is asked",
    async (_, __, fault) => {
      const seen = await play([fault], true);
      expect([seen.status, seen.cut, seen.asked]).toEqual([200, true, [1, 0]]);
      expect(seen.chain).toBe("faulty: streaming");
      expect(seen.text).toContain('"code":"stream_truncated"');
      expect(seen.text).not.toContain("[DONE]");
      expect(seen.text).not.toContain('"finish_reason":"stop"');
    },
  );

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

describe.each([{ stream: false }, { stream: true }])("over time (stream: $stream)", ({ stream }) => {
  it("FB07 a first token that is late, and yet in time, is waited for", async () => {
    const seen = await play([stream ? "slow-stream:every=100" : "ok"], stream, "lb", { latencyMs: 100 });
    expect([seen.status, seen.cut, seen.asked]).toEqual([200, false, [1, 0]]);
    expect(seen.chain).toBe(stream ? "faulty: streaming" : "faulty: success");
    expect(seen.headers.get("x-nexus-fallback-model")).toBeNull();
  });

  it("FB07 of an answer whose first token came too late, nothing is passed on", async () => {
    const seen = await play(["role-only-stall"], stream);
    expect(seen.chain).toMatch(/^faulty: timeout -> good: /);
    expect(seen.text).not.toContain("m-faulty");
    // The stream of the one that answers begins with its role, and no other did before.
    expect(seen.text.match(/"role":"assistant"/g)).toHaveLength(1);
  });

  it("FB15 U78 a backend that flaps costs one probe a bad time, and is back by itself", async () => {
    const clock = fakeClock();
    const flapping = await backend({ steps: ["flapping:period=60s"], clock });
    const settings = { circuit_breaker_recovery_timeout_ms: 400 };
    const space = await failoverWorkspace({ flapping, good: await backend() }, settings);
    const server = await serve(space);
    const first = async (): Promise<string | undefined> => {
      const response = await server.chat(asking("lb", { stream }));
      await response.text();
      expect(response.status).toBe(200);
      return response.headers.get("x-nexus-chain")?.split(" -> ")[0];
    };
    const FAILED = /^flapping: failed \(503 /;
    const OPEN = "flapping: circuit open (skipped)";
    const WELL = stream ? "flapping: streaming" : "flapping: success";
    /** The first answer for which it was asked again. */
    const probe = async (): Promise<string | undefined> => {
      for (const before = flapping.chats.length; ; ) {
        const entry = await first();
        if (flapping.chats.length > before) return entry;
        expect(entry).toBe(OPEN);
      }
    };
    for (let failure = 0; failure < 3; failure += 1) expect(await first()).toMatch(FAILED);
    expect(await probe()).toMatch(FAILED);
    expect(flapping.chats).toHaveLength(4);
    await clock.advance(60_000);
    expect(await probe()).toBe(WELL);
    for (let good = 0; good < 3; good += 1) expect(await first()).toBe(WELL);
    expect(flapping.chats).toHaveLength(8);
  });

  it("FB16 X-06 A001-36 what each attempt took is counted once, everywhere; the client is told what its answer took", async () => {
    const empty = await backend({ steps: [{ text: "", usage: { input: 1_000, output: 0 } }] });
    const good = await backend({ answer: { text: "Fine.", usage: { input: 2_000, output: 500 } } });
    const space = await failoverWorkspace({ empty, good });
    const price = { input_per_1k: 0.01, output_per_1k: 0.02 };
    await space.config({
      backends: { empty: { type: "generic", url: empty.url }, good: { type: "generic", url: good.url } },
      pricing: { empty: { "m-empty": price }, good: { "m-good": price } },
    });
    const server = await serve(space);
    const usage = stream ? { stream_options: { include_usage: true } } : {};
    const response = await server.chat(asking("lb", { stream, ...usage }));
    const text = await response.text();
    expect(text.match(/"prompt_tokens":\d+/g)).toEqual(['"prompt_tokens":2000']);
    expect(text).toContain('"completion_tokens":500');
    await server.until("stderr", /"route_reason"/);
    expect(server.log()).toMatchObject([{ input_tokens: 2_000, output_tokens: 500, cost_usd: 0.04 }]);
    const metrics = (await (await fetch(`${server.url}/metrics`)).text()).split("\n");
    expect(metrics).toEqual(
      expect.arrayContaining([
        'nexus_tokens_total{backend="empty",model="m-empty",direction="input"} 1000',
        'nexus_tokens_total{backend="good",model="m-good",direction="input"} 2000',
        'nexus_tokens_total{backend="good",model="m-good",direction="output"} 500',
        'nexus_cost_usd_total{backend="empty",model="m-empty"} 0.01',
        'nexus_cost_usd_total{backend="good",model="m-good"} 0.03',
      ]),
    );
    expect(await (await fetch(`${server.url}/v1/stats`)).json()).toMatchObject({
      total: { attempts: 2, input_tokens: 3_000, output_tokens: 500, estimated: false, cost_usd: 0.04 },
    });
    server.child.kill("SIGTERM");
    await server.ended;
    const why = JSON.parse((await space.nexus(["why", "last", "--json"])).stdout);
    expect(why).toMatchObject({
      request_id: response.headers.get("x-nexus-request-id"),
      usage: { input_tokens: 2_000, output_tokens: 500 },
      cost_usd: 0.04,
      attempts: [
        { member: "empty", outcome: "malformed", usage: { input_tokens: 1_000 }, cost_usd: 0.01 },
        { member: "good", outcome: "success", usage: { input_tokens: 2_000 }, cost_usd: 0.03 },
      ],
    });
    const stats = JSON.parse((await space.nexus(["stats", "--json"])).stdout);
    expect(stats.total).toMatchObject({
      requests: 1,
      input_tokens: 3_000,
      output_tokens: 500,
      cost_usd: 0.04,
    });
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
