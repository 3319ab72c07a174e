import { describe, expect, test } from "vitest";
import type { Failure } from "../../src/core/failure.ts";
import { balancer, bench, model } from "../support/run-engine.ts";

const down: Failure = { class: "server", status: 500, message: "oops" };
const three = [model("a"), model("b"), model("c")];
const robin = (members: string[], settings = {}) =>
  balancer("lb", members, { policy: "roundrobin", settings });

async function winners(times: number, made: ReturnType<typeof bench>): Promise<string[]> {
  const names: string[] = [];
  for (let n = 0; n < times; n++) names.push((await made.run()).answeringMember ?? "nobody");
  return names;
}

describe("round robin", () => {
  test("A003-21 six requests over three members give two each", async () => {
    expect(await winners(6, bench({ profiles: [...three, robin(["a", "b", "c"])] }))).toEqual([
      "a",
      "b",
      "c",
      "a",
      "b",
      "c",
    ]);
  });

  test("A003-21 two members alternate", async () => {
    expect(await winners(4, bench({ profiles: [...three, robin(["a", "b"])] }))).toEqual([
      "a",
      "b",
      "a",
      "b",
    ]);
  });

  test("fails over inside the request, in ring order", async () => {
    const made = bench({ profiles: [...three, robin(["a", "b", "c"])], acts: { "b-model": [down] } });
    await made.run();
    const second = await made.run();
    expect(second.chainLog).toEqual(["b: failed (500 oops)", "c: success"]);
    expect(second).toMatchObject({ primaryModel: "b-model", fallbackUsed: true });
  });

  test("the one whose turn it is counts as first: its answer is no fallback", async () => {
    const made = bench({ profiles: [...three, robin(["a", "b"])] });
    await made.run();
    expect(await made.run()).toMatchObject({ answeringMember: "b", fallbackUsed: false, degraded: false });
  });

  test("a nested round robin turns only when the request comes to it", async () => {
    const inner = balancer("inner", ["a", "b"], { policy: "roundrobin" });
    const made = bench({ profiles: [...three, inner, robin(["inner", "c"])] });
    expect(await winners(6, made)).toEqual(["inner/a", "c", "inner/b", "c", "inner/a", "c"]);
  });

  test("a nested round robin behind a dead member turns too", async () => {
    const inner = balancer("inner", ["a", "b"], { policy: "roundrobin" });
    const made = bench({
      profiles: [...three, inner, balancer("lb", ["c", "inner"])],
      acts: { "c-model": [down] },
    });
    expect(await winners(3, made)).toEqual(["inner/a", "inner/b", "inner/a"]);
  });
});

describe("sticky failover", () => {
  const sticky = (settings = {}) =>
    balancer("lb", ["a", "b", "c"], { settings: { failover_sticky: true, ...settings } });

  test("A003-23 without it the next request starts at the first member again", async () => {
    const made = bench({
      profiles: [...three, balancer("lb", ["a", "b"])],
      acts: { "a-model": [down, "ok"] },
    });
    expect(await winners(2, made)).toEqual(["b", "a"]);
  });

  test("A003-23 stays with the member that answered last", async () => {
    const made = bench({ profiles: [...three, sticky()], acts: { "a-model": [down, "ok"] } });
    expect(await winners(3, made)).toEqual(["b", "b", "b"]);
    expect(made.calls.map((call) => call.model)).toEqual(["a-model", "b-model", "b-model", "b-model"]);
  });

  test("A003-23 goes back to the first after its time, or when a whole rotation failed", async () => {
    const late = bench({ profiles: [...three, sticky()], acts: { "a-model": [down, "ok"] } });
    await late.run();
    await late.clock.advance(300_000);
    expect(await winners(1, late)).toEqual(["a"]);

    const acts = { "a-model": [down, down, "ok"], "b-model": ["ok", down], "c-model": [down] } as const;
    const failed = bench({ profiles: [...three, sticky()], acts });
    expect(await winners(3, failed)).toEqual(["b", "nobody", "a"]);
  });

  test("A003-23 a caller's mistake sends nobody back to the first", async () => {
    const mistake: Failure = { class: "invalid", status: 400, message: "bad" };
    const acts = { "a-model": [down, "ok"], "b-model": ["ok", mistake, "ok"] } as const;
    const made = bench({ profiles: [...three, sticky()], acts });
    expect(await winners(3, made)).toEqual(["b", "nobody", "b"]);
  });
});
