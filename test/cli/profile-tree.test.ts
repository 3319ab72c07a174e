import { expect, it } from "vitest";
import { profileTree } from "../../src/cli/profile/tree.ts";
import type { ProfileLookup } from "../../src/core/profile.ts";
import { DEFAULT_SETTINGS } from "../../src/core/settings.ts";

const model = (name: string): ProfileLookup => ({
  found: true,
  profile: { type: "model", name, backend: "box", model: `m-${name}`, params: {} },
});

const over = (name: string, policy: "failover" | "roundrobin", ...members: string[]): ProfileLookup => ({
  found: true,
  profile: { type: "loadbalancer", name, policy, members, params: {}, settings: DEFAULT_SETTINGS },
});

it("draws members below their load balancer, nested ones below theirs, and says what is broken", () => {
  const all: Record<string, ProfileLookup> = {
    lb: over("lb", "failover", "fast", "inner", "gone"),
    inner: over("inner", "roundrobin", "a", "bb"),
    fast: model("fast"),
    a: model("a"),
    bb: model("bb"),
  };
  const profiles = {
    lookup: (name: string) => all[name] ?? ({ found: false, why: "no such profile" } as const),
  };
  expect(profileTree("lb", profiles)).toEqual([
    "lb  failover",
    "├─ fast   m-fast @ box",
    "├─ inner  roundrobin",
    "│  ├─ a   m-a @ box",
    "│  └─ bb  m-bb @ box",
    "└─ gone   no such profile",
  ]);
});
