import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { backend } from "./support/backends.ts";
import { AT_ONCE, another, chainOf, holding, standing } from "./support/breakers.ts";
import { PROGRAM } from "./support/program.ts";
import { failoverWorkspace } from "./support/workspace.ts";

describe("what passes by itself passes for all processes", () => {
  test("A002-05 the permit of a process that was killed frees itself after its lease", async () => {
    const a = await holding();
    const space = await failoverWorkspace({ a, b: await backend() }, { ...AT_ONCE, total_timeout_ms: 2_000 });
    for (let n = 0; n < 3; n++) await chainOf(space, "lb");
    const probe = space.start(["chat", "-p", "lb", "hi"]);
    await a.asked;
    probe.child.kill("SIGKILL");
    await probe.ended;
    expect(await chainOf(space, "lb")).toBe("a: circuit open (skipped) -> b: success");
    const { state, permits_taken, next_probe_in_ms } = await standing(space, "lb");
    expect({ state, permits_taken }).toEqual({ state: "half-open", permits_taken: 1 });
    expect(next_probe_in_ms).toBeLessThanOrEqual(7_000);
    await sleep(next_probe_in_ms);
    expect(await standing(space, "lb")).toMatchObject({ state: "half-open", permits_taken: 0 });
    const next = chainOf(space, "lb");
    while (a.requests() < 5) await sleep(10);
    a.answer();
    expect(await next).toBe("a: success");
  });

  test("A002-07 a failed probe opens it again, and the recovery time begins anew", async () => {
    const space = await failoverWorkspace(
      { a: await backend({ steps: ["503"] }), b: await backend() },
      { circuit_breaker_recovery_timeout_ms: 2_500 },
    );
    for (let n = 0; n < 3; n++) await chainOf(space, "lb");
    const opened = await standing(space, "lb");
    await sleep(opened.next_probe_in_ms);
    expect(await chainOf(space, "lb")).toMatch(/^a: failed/);
    const again = await standing(space, "lb");
    expect(again.failures).toBe(4);
    expect(Date.parse(again.last_failure_at)).toBeGreaterThanOrEqual(Date.parse(opened.next_probe_at));
    expect(Date.parse(again.next_probe_at) - Date.parse(again.last_failure_at)).toBeGreaterThanOrEqual(2_499);
  });

  test("a stated wait holds for every process and profile, and ends by itself", async () => {
    const a = await backend({ steps: ["429:retry-after=5", "ok"] });
    const space = await failoverWorkspace({ a, b: await backend() });
    await another(space, "off", { circuit_breaker_enabled: false });
    expect(await chainOf(space, "lb")).toBe("a: rate limited -> b: success");
    expect(await chainOf(space, "off")).toBe("a: cooling down (skipped) -> b: success");
    const { state, failures, cool_down_ms } = await standing(space, "lb");
    expect({ state, failures }).toEqual({ state: "closed", failures: 0 });
    await sleep(cool_down_ms);
    expect(await chainOf(space, "lb")).toBe("a: success");
  });

  test("a refused key is not tried a fourth time, whatever the model; another key is tried at once", async () => {
    const a = await backend({ apiKey: "sk-right" });
    const space = await failoverWorkspace({
      a: { url: a.url, record: { api_key_env: "A_KEY" } },
      b: await backend(),
    });
    await space.profile("other", { version: 1, type: "model", backend: "a", model: "another" });
    const wrong = { env: { A_KEY: "sk-wrong" } };
    for (let n = 0; n < 3; n++)
      expect(await chainOf(space, "lb", wrong)).toBe("a: auth failed -> b: success");
    expect(await chainOf(space, "lb", wrong)).toBe("a: circuit open (skipped) -> b: success");
    expect(await chainOf(space, "other", wrong)).toBe("other: circuit open (skipped)");
    expect(await chainOf(space, "lb", { env: { A_KEY: "sk-right" } })).toBe("a: success");
  });
});

const NO_FAKETIME =
  spawnSync("faketime", ["--version"]).status === 0 ? undefined : "no `faketime` on this machine";
if (NO_FAKETIME !== undefined)
  process.stderr.write(`tests of a clock that jumps are skipped: ${NO_FAKETIME}\n`);

test.skipIf(NO_FAKETIME !== undefined)(
  "U95 a clock on the wall that goes a day back or forward between two runs changes nothing",
  async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["503"] }), b: await backend() });
    for (let n = 0; n < 3; n++) await chainOf(space, "lb");
    for (const jump of ["-1 day", "+1 day"]) {
      const { stdout } = await space.shell(
        `FAKETIME_DONT_FAKE_MONOTONIC=1 faketime '${jump}' '${process.execPath}' '${PROGRAM}' chat -p lb --json hi`,
      );
      expect(JSON.parse(stdout).chain_log).toEqual(["a: circuit open (skipped)", "b: success"]);
    }
    expect(await standing(space, "lb")).toMatchObject({ state: "open", failures: 3 });
  },
);
