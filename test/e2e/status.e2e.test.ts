import { describe, expect, test } from "vitest";
import { backend } from "./support/backends.ts";
import { AT_ONCE, another, chainOf, holding, standing } from "./support/breakers.ts";
import { NO_TERMINAL, onTerminal } from "./support/terminal.ts";
import { failoverWorkspace, type Workspace, workspace } from "./support/workspace.ts";

/** Two members, the first of which is down and has failed so often. */
async function afterFailures(count: number, settings: object = {}): Promise<Workspace> {
  const space = await failoverWorkspace(
    { a: await backend({ steps: ["503"] }), b: await backend() },
    settings,
  );
  for (let n = 0; n < count; n++) await chainOf(space, "lb");
  return space;
}

async function status(space: Workspace, ...args: readonly string[]) {
  const { code, stdout } = await space.nexus(["status", ...args, "--json"]);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("nexus status", () => {
  test("A002-03 A002-11 tells state, failures, last failure and next probe of every member, also of those nothing is known of", async () => {
    const space = await afterFailures(3);
    const before = Date.now();
    const { view, breakers, keys, load_balancers } = await status(space);
    expect({ view, keys }).toEqual({ view: "fresh", keys: [] });
    expect(breakers).toMatchObject([
      { backend: "a", model: "m-a", state: "open", failures: 3, cool_down_until: null, permits_taken: 0 },
      {
        backend: "b",
        model: "m-b",
        state: "closed",
        failures: 0,
        last_failure_at: null,
        next_probe_at: null,
      },
    ]);
    const [a] = breakers;
    expect(Math.abs(Date.parse(a.last_failure_at) + a.last_failure_ms_ago - before)).toBeLessThan(20_000);
    expect(Date.parse(a.next_probe_at) - Date.parse(a.last_failure_at)).toBe(300_000);
    expect(a.settings.circuit_breaker_failure_threshold).toBe(3);
    expect(load_balancers).toEqual([{ name: "lb", policy: "failover", next: "a", sticky: null }]);

    const { stdout, stderr } = await space.nexus(["status"]);
    expect(stdout).toMatch(
      /^m-a@a {2}open {4}3 {2}\S+ m?s ago {2}next probe in 5 min\nm-b@b {2}closed {2}0 {2}- +-\n\nlb {2}failover {2}a\n$/,
    );
    expect(stderr).toBe(
      "nexus: view: fresh, from the files of this machine, judged with the settings of bare models\n",
    );
  });

  test("A002-11 A003-25 with a profile: its members in its order, judged with its numbers", async () => {
    const space = await afterFailures(1);
    await another(space, "hasty", { ...AT_ONCE, circuit_breaker_failure_threshold: 1 });
    await space.profile("outer", {
      version: 1,
      type: "loadbalancer",
      policy: "roundrobin",
      profiles: ["b", "hasty"],
    });
    const { breakers, load_balancers } = await status(space, "--profile", "outer");
    expect(breakers.map(({ member, state }: { member: string; state: string }) => [member, state])).toEqual([
      ["b", "closed"],
      ["hasty/a", "half-open"],
      ["hasty/b", "closed"],
    ]);
    expect(load_balancers.map(({ name }: { name: string }) => name)).toEqual(["outer", "hasty"]);
    expect(await standing(space, "lb")).toMatchObject({ state: "closed", failures: 1 });
    expect((await space.nexus(["status", "--profile", "hasty"])).stdout).toMatch(
      /^a {2}m-a@a {2}half-open {2}1 {2}.* probe now$/m,
    );
    expect(await space.nexus(["status", "--profile", "outr"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("did you mean outer"),
    });
  });

  test("a cool-down, a refused key, a turn and a sticky start stand there; the key does not", async () => {
    const a = await backend({ steps: ["429:retry-after=60"] });
    const b = await backend({ apiKey: "sk-right" });
    const space = await failoverWorkspace(
      { a, b: { url: b.url, record: { api_key_env: "B_KEY" } } },
      { failover_sticky: true },
    );
    await space.profile("turns", {
      version: 1,
      type: "loadbalancer",
      policy: "roundrobin",
      profiles: ["a", "b"],
    });
    await space.nexus(["chat", "-p", "b", "hi"], { env: { B_KEY: "sk-wrong-one" } });
    await space.nexus(["chat", "-p", "turns", "hi"], { env: { B_KEY: "sk-right" } });
    await space.nexus(["chat", "-p", "lb", "hi"], { env: { B_KEY: "sk-right" } });
    const seen = await status(space);
    expect(seen.breakers[0]).toMatchObject({ backend: "a", state: "closed", failures: 0 });
    expect(seen.breakers[0].cool_down_ms).toBeGreaterThan(30_000);
    expect(seen.keys).toMatchObject([
      { backend: "b", key: expect.stringMatching(/^[0-9a-f]{8}$/), failures: 1 },
    ]);
    expect(seen.load_balancers).toEqual([
      { name: "lb", policy: "failover", next: "b", sticky: "b" },
      { name: "turns", policy: "roundrobin", next: "b", sticky: null },
    ]);
    const { stdout } = await space.nexus(["status"]);
    expect(stdout).toMatch(/^m-a@a +closed +0 +- +cooling down for \S+ s$/m);
    expect(stdout).toMatch(/^key [0-9a-f]{8} of b +closed +1 /m);
    expect(stdout).toMatch(/^lb +failover +b \(sticky\)$/m);
    expect(stdout + JSON.stringify(seen)).not.toContain("wrong");
  });

  test("where nothing is known it says so, and makes no files", async () => {
    const space = await workspace();
    const { code, stdout, stderr } = await space.nexus(["status"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("nexus: nothing is held against any backend: each of them is asked\n");
    expect(await space.nexus(["status", "reset"])).toMatchObject({ code: 0, stdout: "" });
    expect((await space.shell("ls state")).code).not.toBe(0);
  });

  test("a run that finds nobody to ask says where to look and what to do", async () => {
    const space = await afterFailures(1, { circuit_breaker_failure_threshold: 1 });
    await space.profile("lb", {
      version: 1,
      type: "loadbalancer",
      policy: "roundrobin",
      profiles: ["a"],
      settings: { circuit_breaker_failure_threshold: 1 },
    });
    const { code, stderr } = await space.nexus(["chat", "-p", "lb", "hi"]);
    expect(code).toBe(5);
    expect(stderr).toContain("first back: a in 5 min");
    expect(stderr).toContain(
      "a: it failed too often to be asked now: see `nexus status`; once mended, `nexus status reset a`",
    );
  });

  test("on a terminal the columns have names", async ({ skip }) => {
    if (NO_TERMINAL !== undefined) skip(NO_TERMINAL);
    const { screen } = await onTerminal(await afterFailures(1), "nexus status");
    expect(screen).toMatch(/NAME +STATE +FAILURES +LAST FAILURE +NEXT/);
    expect(screen).toMatch(/LOAD BALANCER +POLICY +STARTS AT/);
  });
});

describe("nexus status reset", () => {
  test("of a backend, a model or a profile: its member is asked at once", async () => {
    const space = await afterFailures(1, { circuit_breaker_failure_threshold: 1 });
    for (const name of ["a", "m-a@a", "lb"]) {
      expect(await chainOf(space, "lb")).toMatch(/^a: circuit open/);
      const stdout = "cleared m-a@a: 1 failure\n";
      expect(await space.nexus(["status", "reset", name])).toMatchObject({ code: 0, stdout, stderr: "" });
      expect(await chainOf(space, "lb")).toMatch(/^a: failed/);
    }
    const other = await space.nexus(["status", "reset", "b"]);
    expect(other).toMatchObject({ code: 0, stdout: "", stderr: "nexus: nothing was held against b\n" });
    expect(await chainOf(space, "lb")).toMatch(/^a: circuit open/);
  });

  test("without a name: everything, turns and sticky starts too", async () => {
    const space = await afterFailures(3, { failover_sticky: true });
    expect((await status(space)).load_balancers[0]).toMatchObject({ next: "b" });
    const { stdout } = await space.nexus(["status", "reset", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      cleared: [{ backend: "a", model: "m-a", key: null, failures: 1, permits: 0, cool_down_ms: 0 }],
      load_balancers: 1,
    });
    const after = await status(space);
    expect(after.breakers[0]).toMatchObject({
      state: "closed",
      failures_since_success: 0,
      last_failure_at: null,
    });
    expect(after.load_balancers[0]).toMatchObject({ next: "a", sticky: null });
  });

  test("an unknown name ends with 3 and the nearest names; a profile as a flag is refused", async () => {
    const space = await afterFailures(0);
    const { code, stderr } = await space.nexus(["status", "reset", "m-a@aa"]);
    expect(code).toBe(3);
    expect(stderr).toContain('no backend, model or profile is called "m-a@aa" (did you mean m-a@a');
    const flag = await space.nexus(["status", "reset", "--profile", "lb"]);
    expect(flag).toMatchObject({ code: 2, stderr: expect.stringContaining("nexus status reset lb") });
  });

  test("what cannot be written was not cleared, and it says so", async () => {
    const space = await afterFailures(1);
    const { code, stdout, stderr } = await space.shell("ulimit -f 1; nexus status reset");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`nexus: nothing was cleared: what is in ${space.stateDir} cannot be changed\n`);
    expect(await standing(space, "lb")).toMatchObject({ failures: 1 });
  });

  test("a failure of a request that is under way counts no more", async () => {
    const a = await holding();
    const space = await failoverWorkspace(
      { a, b: await backend() },
      { circuit_breaker_failure_threshold: 9 },
    );
    for (let n = 0; n < 3; n++) await chainOf(space, "lb");
    const underWay = chainOf(space, "lb");
    await a.asked;
    await space.nexus(["status", "reset", "a"]);
    a.answer(503);
    expect(await underWay).toMatch(/^a: failed/);
    expect(await standing(space, "lb")).toMatchObject({ failures_since_success: 0 });
  });
});

describe("a changed backend or key begins anew", () => {
  test("backend edit, backend remove and key set clear what is known of it, and say so", async () => {
    const space = await afterFailures(1);
    const cleared = "nexus: cleared m-a@a: 1 failure\n";
    const edit = ["backend", "edit", "a", "--tier", "2"];
    expect((await space.nexus(edit)).stderr).toContain(cleared);
    expect((await space.nexus(edit)).stderr).not.toContain("cleared");
    await chainOf(space, "lb");
    const set = ["key", "set", "a", "--store", "file"];
    expect((await space.nexus(set, { stdin: "sk-x\n" })).stderr).toContain(cleared);
    await chainOf(space, "lb");
    expect((await space.nexus(["backend", "remove", "a", "--force"])).stderr).toContain(cleared);
  });
});
