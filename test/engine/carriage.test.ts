import { expect, test } from "vitest";
import type { WireAsk } from "../../src/core/ports.ts";
import { ask, backend, balancer, bench, model } from "../support/run-engine.ts";

const profiles = [model("a"), model("b"), balancer("lb", ["a", "b"])];

/** A request that came in another dialect, with what it holds that no other can be sent. */
function foreign(over: Partial<WireAsk>): WireAsk {
  const unused = () => {
    throw new Error("its bytes went to a backend of another dialect");
  };
  return { dialect: "anthropic", passes: true, gaps: [], encode: unused, watch: unused, ...over };
}

const AUDIO = { field: "messages[0].content[0]", harmless: false };

test("A001-32 what a backend cannot be sent keeps the request from it, and another answers", async () => {
  const backends = [backend("a"), backend("b", { dialect: "anthropic" })];
  const made = bench({ profiles, backends });
  const outcome = await made.run({
    target: { kind: "profile", name: "lb" },
    wire: foreign({ gaps: [AUDIO] }),
  });
  expect(outcome.chainLog).toEqual(["a: cannot carry messages[0].content[0] (skipped)", "b: success"]);
});

test("A001-32 when nobody can be sent it, the error says so, and nothing was sent", async () => {
  const made = bench({ profiles });
  const { error } = await made.run({
    target: { kind: "profile", name: "lb" },
    wire: foreign({ gaps: [AUDIO] }),
  });
  expect(error).toMatchObject({ code: "unsupported_feature", cause: "permanent" });
  expect(error?.failures[0]?.message).toBe("messages[0].content[0] cannot be sent to backend a (generic)");
  expect(made.calls).toHaveLength(0);
});

test("what is harmless is left out, and the answer says so", async () => {
  const made = bench({ profiles });
  const request = { ...ask(), params: { top_k: 3 } };
  const wire = foreign({ gaps: [{ field: "metadata", harmless: true }] });
  const { events } = await made.run({ target: { kind: "profile", name: "lb" }, request, wire });
  const committed = events.find((event) => event.type === "committed");
  expect(committed?.answering.dropped).toEqual(["metadata", "top_k"]);
  expect(events.flatMap((event) => (event.type === "warning" ? [event.message] : []))).toContain(
    "left out, because backend a (generic) has no place for it: metadata",
  );
});

test("a backend that is sent the caller's own bytes lacks nothing of them", async () => {
  const backends = [backend("a", { dialect: "anthropic" }), backend("b")];
  const made = bench({ profiles, backends });
  const { events } = await made.run({
    target: { kind: "profile", name: "lb" },
    request: { ...ask(), params: { top_k: 3 } },
    wire: foreign({ gaps: [AUDIO] }),
  });
  expect(events.find((event) => event.type === "committed")?.answering.dropped).toEqual([]);
});

test("what proves reasoning passes behind the first content, and is no sign of life", async () => {
  const proof = { type: "reasoning-proof", proof: { dialect: "anthropic", data: "c2ln" } } as const;
  const made = bench({
    profiles: [model("a")],
    acts: {
      "a-model": [
        [
          { type: "reasoning-delta", text: "so" },
          { wait: 40_000 },
          proof,
          { wait: 40_000 },
          { type: "response-end", reason: "stop" },
        ],
      ],
    },
  });
  const { events, error } = await made.run({ target: { kind: "profile", name: "a" } });
  expect(events.flatMap((event) => (event.type === "chat" ? [event.event] : []))).toContainEqual(proof);
  expect(error).toMatchObject({ code: "timeout" });
});
