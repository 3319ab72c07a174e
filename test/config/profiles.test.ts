import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { changeProfiles } from "../../src/config/change-profiles.ts";
import { cycleThrough } from "../../src/config/members.ts";
import type { Paths } from "../../src/config/paths.ts";
import { parsePolicy, readProfile } from "../../src/config/profile-file.ts";
import { loadProfiles } from "../../src/config/profiles.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { rejection, tempPaths, writeRaw } from "./temp-paths.ts";

const model: JsonObject = { version: 1, type: "model", backend: "box", model: "m" };
const balancer = (profiles: readonly string[], more: JsonObject = {}): JsonObject => ({
  version: 1,
  type: "loadbalancer",
  policy: "roundrobin",
  profiles,
  ...more,
});
const save = (paths: Paths, documents: Readonly<Record<string, JsonObject | undefined>>) =>
  changeProfiles(paths, () => ({ documents: new Map(Object.entries(documents)) }));
const why = (document: JsonObject) => {
  const reading = readProfile("lb", document);
  return reading.valid ? undefined : reading.why;
};

describe("a profile's document", () => {
  it("A003-01 A003-03 the policies are roundrobin and failover, in any case", () => {
    expect(["FAILOVER", "RoundRobin", " failover "].map(parsePolicy)).toEqual([
      "failover",
      "roundrobin",
      "failover",
    ]);
    expect(["", " ", "random", "round-robin"].map(parsePolicy)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(why(balancer(["a", "b"], { policy: "FailOver" }))).toBeUndefined();
    expect(why(balancer(["a", "b"], { policy: "random" }))).toMatch(/"roundrobin" or "failover"/);
  });

  it.each<[string, JsonObject, string]>([
    ["A003-05 failover over one member", balancer(["a"], { policy: "failover" }), "at least 2 members"],
    ["no member", balancer([]), "profiles: has to be"],
    ["a member twice", balancer(["a", "a"]), "a is there twice"],
    ["itself as a member", balancer(["a", "lb"]), "member of itself"],
    ["no type", { version: 1 }, "type: has to be"],
    ["S8 a newer version", { ...model, version: 2 }, "newer nexus"],
    ["no version", { type: "model", backend: "b", model: "m" }, "version: is missing"],
    ["a wrong type", { ...model, context_limit: "8k" }, "context_limit: has to be"],
    ["A003-26 a literal key", { ...model, params: { api_key: "x" } }, "params.api_key"],
    [
      "S3 __proto__",
      JSON.parse('{"version":1,"type":"model","backend":"b","model":"m","params":{"__proto__":1}}'),
      "__proto__",
    ],
  ])("with %s is not valid", (_what, document, reason) => {
    expect(why(document)).toContain(reason);
  });

  it("an unknown key or a setting of the wrong type is a warning", () => {
    const reading = readProfile("lb", balancer(["a"], { setings: {}, settings: { failover_sticky: "yes" } }));
    expect(reading.valid && reading.warnings.join("\n")).toMatch(
      /setings.*did you mean settings.*\n.*settings\.failover_sticky/,
    );
  });
});

describe("a set of profiles", () => {
  it("has the broken ones too, each with its reason", async () => {
    const paths = await tempPaths();
    await save(paths, { good: model });
    await writeRaw(join(paths.profilesDir, "half.json"), '{"version": 1,');
    await writeRaw(join(paths.profilesDir, ".hidden.json"), "{}");
    await writeRaw(join(paths.profilesDir, "notes.txt"), "");
    const profiles = await loadProfiles(paths);
    expect(profiles.names()).toEqual(["good", "half"]);
    expect(profiles.lookup("good").found).toBe(true);
    expect(profiles.lookup("half")).toMatchObject({
      found: false,
      why: expect.stringMatching(/^profile is not valid: .*half\.json:1:/),
    });
    expect(profiles.lookup("none")).toEqual({ found: false, why: "no such profile" });
  });

  it("S8 a cycle made by hand is not valid, and named; what leads to it stays", async () => {
    const paths = await tempPaths();
    for (const [name, members] of Object.entries({
      a: ["b"],
      b: ["c", "leaf"],
      c: ["a"],
      outer: ["a", "leaf"],
    })) {
      await writeRaw(join(paths.profilesDir, `${name}.json`), JSON.stringify(balancer(members)));
    }
    const profiles = await loadProfiles(paths);
    expect(profiles.lookup("a")).toMatchObject({ why: expect.stringContaining("a -> b -> c -> a") });
    expect(profiles.lookup("outer").found).toBe(true);
    expect(profiles.referrers("leaf")).toEqual(["b", "outer"]);
  });

  it("C21 names of Object.prototype are names like others", async () => {
    const paths = await tempPaths();
    await save(paths, {
      ["__proto__"]: model,
      constructor: model,
      lb: balancer(["__proto__", "constructor"]),
    });
    const profiles = await loadProfiles(paths);
    expect(profiles.names()).toEqual(["__proto__", "constructor", "lb"]);
    expect(profiles.lookup("toString")).toEqual({ found: false, why: "no such profile" });
  });
});

describe("changing profiles", () => {
  it("A003-07 a member that does not exist is refused with the nearest name", async () => {
    const paths = await tempPaths();
    await save(paths, { fast: model });
    const error = await rejection(save(paths, { lb: balancer(["fast", "fats"]) }));
    expect(error.message).toMatch(/"fats".*did you mean fast/);
    expect(await readdir(paths.profilesDir)).toEqual(["fast.json"]);
  });

  it("S8 a cycle is refused, naming it", async () => {
    const paths = await tempPaths();
    await save(paths, { a: model, b: balancer(["a"]), c: balancer(["b"]) });
    const error = await rejection(save(paths, { a: balancer(["c"]) }));
    expect(error.message).toContain("a -> c -> b -> a");
    expect(JSON.parse(await readFile(join(paths.profilesDir, "a.json"), "utf8"))).toEqual(model);
  });

  it("all or nothing: a profile goes only if everything else could be written", async () => {
    const paths = await tempPaths();
    await save(paths, { a: model, lb: balancer(["a"]) });
    await rejection(save(paths, { a: undefined, b: model, lb: balancer(["b", "zzz"]) }));
    expect((await readdir(paths.profilesDir)).sort()).toEqual(["a.json", "lb.json"]);
  });

  it("a cycle is found through its own name only", () => {
    const members = new Map([
      ["a", ["b"]],
      ["b", ["c", "b2"]],
      ["c", ["b"]],
      ["b2", ["a"]],
    ]);
    const of = (name: string) => members.get(name) ?? [];
    expect(cycleThrough("a", of)).toEqual(["a", "b", "b2", "a"]);
    expect(cycleThrough("leaf", of)).toBeUndefined();
  });
});
