import { describe, expect, test } from "vitest";
import type { Mock } from "../../src/mock/mock.ts";
import { backend } from "./support/backends.ts";
import { AT_ONCE, another, chainOf, holding, standing } from "./support/breakers.ts";
import { failoverWorkspace, type Workspace } from "./support/workspace.ts";

/** As many members as there are backends, in a profile of this policy. */
async function balanced(policy: string, mocks: readonly Mock[]): Promise<Workspace> {
  const names = mocks.map((_, index) => `m${index + 1}`);
  const space = await failoverWorkspace(
    Object.fromEntries(mocks.map(({ url }, index) => [names[index], { url }])),
  );
  await space.profile("lb", { version: 1, type: "loadbalancer", policy, profiles: names });
  return space;
}

describe("turns are shared by all processes", () => {
  test("A003-21 six one-off runs over three round-robin members give two each", async () => {
    const mocks = [await backend(), await backend(), await backend()];
    const space = await balanced("roundrobin", mocks);
    const chains: string[] = [];
    for (let n = 0; n < 6; n++) chains.push(await chainOf(space, "lb"));
    expect(chains).toEqual(["m1", "m2", "m3", "m1", "m2", "m3"].map((name) => `${name}: success`));
    expect(mocks.map(({ chats }) => chats.length)).toEqual([2, 2, 2]);
  });

  test("A003-21 two members alternate, run by run", async () => {
    const space = await balanced("roundrobin", [await backend(), await backend()]);
    const chains: string[] = [];
    for (let n = 0; n < 4; n++) chains.push(await chainOf(space, "lb"));
    expect(chains).toEqual(["m1", "m2", "m1", "m2"].map((name) => `${name}: success`));
  });

  test("A003-21 twenty runs at once over four members give five each", async () => {
    const mocks = [await backend(), await backend(), await backend(), await backend()];
    const space = await balanced("roundrobin", mocks);
    await Promise.all(Array.from({ length: 20 }, () => chainOf(space, "lb")));
    expect(mocks.map(({ chats }) => chats.length)).toEqual([5, 5, 5, 5]);
  });

  test("A003-23 a sticky profile starts where the last run was answered, until nobody answers or its time is up", async () => {
    const a = await backend({ steps: ["500", "500", "ok"] });
    const b = await backend({ steps: ["ok", "ok", "500", "ok"] });
    const space = await failoverWorkspace({ a, b }, { failover_sticky: true });
    await another(space, "brief", { failover_sticky: true, failover_sticky_ttl_ms: 0 });
    const failed = (name: string) => expect.stringMatching(new RegExp(`^${name}: failed`));
    expect(await chainOf(space, "lb")).toMatch(/^a: failed .* -> b: success$/);
    expect(await chainOf(space, "lb")).toBe("b: success");
    expect(await chainOf(space, "lb")).toEqual(failed("b"));
    expect(await chainOf(space, "lb")).toBe("a: success");
    expect(await chainOf(space, "brief")).toBe("a: success");
  });
});

describe("the breaker is one for all processes", () => {
  test("A002-04 A002-10 A002-11 A003-25 three failing runs open it, the fourth makes no call, and each profile goes by its own numbers", async () => {
    const a = await backend({ steps: ["503:message=down"] });
    const space = await failoverWorkspace({ a, b: await backend() });
    await another(space, "hasty", { circuit_breaker_failure_threshold: 1 });
    await another(space, "patient", { circuit_breaker_failure_threshold: 9 });
    await another(space, "off", { circuit_breaker_enabled: false });
    const failed = "a: failed (503 down) -> b: success";
    const open = "a: circuit open (skipped) -> b: success";
    expect(await chainOf(space, "lb")).toBe(failed);
    expect(await chainOf(space, "hasty")).toBe(open);
    expect(await chainOf(space, "off")).toBe(failed);
    expect(await chainOf(space, "lb")).toBe(failed);
    expect(a.chats).toHaveLength(3);
    expect(await chainOf(space, "lb")).toBe(open);
    expect(a.chats).toHaveLength(3);
    expect(await standing(space, "lb")).toMatchObject({ state: "open", failures: 3 });
    expect(await standing(space, "patient")).toMatchObject({ state: "closed", failures: 3 });
    expect(await chainOf(space, "off")).toBe(failed);
    expect(await chainOf(space, "patient")).toBe(failed);
    expect(a.chats).toHaveLength(5);
  });

  test("A002-05 A002-06 fifty runs at once send one probe; the others go on without waiting for it, and its success closes", {
    timeout: 90_000,
  }, async () => {
    const a = await holding();
    const space = await failoverWorkspace({ a, b: await backend() }, AT_ONCE);
    await another(space, "closed", { circuit_breaker_failure_threshold: 9 });
    for (let n = 0; n < 3; n++) await chainOf(space, "closed");
    let ended = 0;
    const runs = Array.from({ length: 50 }, async () => {
      const chain = await chainOf(space, "lb");
      ended += 1;
      if (ended === 49) a.answer();
      return chain;
    });
    const chains = await Promise.all(runs);
    expect(chains.filter((chain) => chain === "a: circuit open (skipped) -> b: success")).toHaveLength(49);
    expect(chains.filter((chain) => chain === "a: success")).toHaveLength(1);
    expect(a.requests()).toBe(4);
    expect(await standing(space, "lb")).toMatchObject({ state: "closed", failures_since_success: 0 });
  });
});
