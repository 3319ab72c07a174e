import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/core/backend.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { Foresight } from "../../src/engine/foresee.ts";
import { type Bench, backend, bench } from "../support/run-engine.ts";

const m = { target: { kind: "model", name: "m" } } as const;
const at = (name: string, over: Partial<Backend> = {}) => backend(name, { models: [{ id: "m" }], ...over });
const broken: Failure = { class: "server", status: 503, message: "Service Unavailable" };
const cooling: Failure = { class: "rate_limited", status: 429, message: "slow down", retryAfterMs: 30_000 };

const whys = ({ entries }: Foresight) =>
  entries.map(({ entry }) => (entry.kind === "refusal" ? entry.why : `${entry.label} would be asked`));

/** Says what it foresees, and then what a run at the same moment ends with. */
async function bothOf(made: Bench) {
  const seen = await made.foresee(m);
  const { error, chainLog } = await made.run(m);
  return { seen, error, chainLog };
}

describe("what is foreseen", () => {
  test("an open circuit, with the time of its next probe; then a probe", async () => {
    const made = bench({ profiles: [], backends: [at("a")], acts: { m: [broken] } });
    for (let n = 0; n < 3; n++) await made.run(m);
    await made.clock.advance(60_000);
    const { seen, error } = await bothOf(made);
    expect(whys(seen)).toEqual(["its circuit is open, next probe in 4 min"]);
    expect(seen.entries[0]?.circuit).toBe("open");
    expect(seen.error).toMatchObject({ code: error?.code, cause: error?.cause, retryAfterMs: 240_000 });
    await made.clock.advance(300_000);
    const later = await made.foresee(m);
    expect(later.entries[0]).toMatchObject({ entry: { kind: "candidate" }, circuit: "half-open" });
    expect(later.error).toBeUndefined();
  });

  test("a cool-down, which a run would wait for where it may", async () => {
    const made = bench({ profiles: [], backends: [at("a")], acts: { m: [cooling, "ok"] } });
    await made.run(m);
    await made.clock.advance(10_000);
    const seen = await made.foresee(m);
    expect(whys(seen)).toEqual(["it asked to be left alone, for another 20 s"]);
    expect(seen.error).toMatchObject({ cause: "passes", retryAfterMs: 20_000 });
    await made.clock.advance(15_000);
    expect(await made.foresee(m)).toMatchObject({ waitsFor: { label: "m@a", ms: 5_000 } });
    expect((await made.run(m)).backend).toBe("a");
  });

  test("a backend at capacity, with both numbers", async () => {
    const made = bench({ profiles: [], backends: [at("a", { maxConcurrent: 1 })], acts: { m: ["hang"] } });
    made.start(m);
    await made.clock.advance(0);
    const { seen, error } = await bothOf(made);
    expect(whys(seen)).toEqual(["backend a has 1 of 1 requests under way"]);
    expect(seen.error?.code).toBe("capacity_exceeded");
    expect(error?.code).toBe("capacity_exceeded");
  });

  test("whoever is ruled out, each with the measured value, and the end of the run", async () => {
    const made = bench({
      profiles: [],
      backends: [
        at("weak", { tier: 1 }),
        at("open", { zone: "open", tier: 3 }),
        at("blind", { tier: 3, models: [{ id: "m", contextLength: 5 }] }),
        at("keyless", { tier: 3, key: { env: ["K"], required: true } }),
      ],
    });
    const asked = { ...m, zone: "restricted" as const, minTier: 2 };
    const seen = await made.foresee({
      ...asked,
      request: {
        messages: [{ role: "user", parts: [{ type: "text", text: "0123456789" }] }],
        tools: [],
        params: {},
      },
    });
    expect(whys(seen)).toEqual([
      "backend weak has tier 1, 2 is required",
      "backend open is in zone open, restricted is required",
      "the prompt has about 10 tokens; m on blind takes 5",
      expect.stringContaining("K"),
    ]);
    expect(seen.error).toMatchObject({ code: "upstream_auth", cause: "auth" });
    expect(seen.entries.every(({ entry }) => entry.kind === "refusal" && entry.candidate !== undefined)).toBe(
      true,
    );
  });

  test("asks nobody, and takes nobody's turn", async () => {
    const made = bench({
      profiles: [],
      backends: [at("a"), at("b")],
      rules: { strategy: "round_robin" },
    });
    for (let n = 0; n < 3; n++) expect(whys(await made.foresee(m))[0]).toBe("m@a would be asked");
    expect(made.calls).toHaveLength(0);
  });
});
