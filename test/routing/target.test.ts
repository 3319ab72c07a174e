import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KnownNames, resolveTarget } from "../../src/routing/target.ts";

function known(there: {
  profiles?: readonly string[];
  served?: readonly string[];
  aliases?: Readonly<Record<string, string>>;
  fallbacks?: Readonly<Record<string, readonly string[]>>;
}): KnownNames {
  return {
    isProfile: (name) => there.profiles?.includes(name) ?? false,
    isServed: (name) => there.served?.includes(name) ?? false,
    aliases: new Map(Object.entries(there.aliases ?? {})),
    fallbacks: new Map(Object.entries(there.fallbacks ?? {})),
  };
}

const all = {
  profiles: ["x"],
  served: ["x", "y"],
  aliases: { x: "y" },
  fallbacks: { x: ["y"] },
};

describe("what a name stands for", () => {
  it("a profile wins over a model, an alias and a chain", () => {
    expect(resolveTarget("x", known(all))).toEqual({ kind: "profile", name: "x", way: ["x"], models: [] });
  });

  it("a model that somebody serves wins over an alias of its name", () => {
    expect(resolveTarget("x", known({ ...all, profiles: [] }))).toEqual({
      kind: "model",
      name: "x",
      way: ["x"],
      models: ["x", "y"],
    });
  });

  it("an alias wins over a chain of its name", () => {
    expect(resolveTarget("x", known({ ...all, profiles: [], served: ["y"] }))).toEqual({
      kind: "model",
      name: "y",
      way: ["x", "y"],
      models: ["y"],
    });
  });

  it("a model with a chain and no backend of its own goes on to the chain", () => {
    expect(resolveTarget("x", known({ served: ["y"], fallbacks: { x: ["y"] } }))?.models).toEqual(["x", "y"]);
  });

  it("nobody knows any other name", () => {
    expect(resolveTarget("z", known(all))).toBeUndefined();
  });

  it("an alias leads over three hops, to a profile too", () => {
    const aliases = { a: "b", b: "c", c: "d" };
    expect(resolveTarget("a", known({ aliases, served: ["d"] }))?.way).toEqual(["a", "b", "c", "d"]);
    expect(resolveTarget("a", known({ aliases, profiles: ["c"] }))).toMatchObject({
      kind: "profile",
      name: "c",
      way: ["a", "b", "c"],
    });
  });

  it("A000-05 the chain is that of the model an alias stands for", () => {
    const names = known({ aliases: { fast: "m" }, fallbacks: { m: ["n"] }, served: ["m", "n"] });
    expect(resolveTarget("fast", names)?.models).toEqual(["m", "n"]);
  });

  it("A000-15 chains are single level, and name no model twice", () => {
    const fallbacks = { m: ["n", "m", "n", "o"], n: ["x"] };
    expect(resolveTarget("m", known({ fallbacks }))?.models).toEqual(["m", "n", "o"]);
  });

  it("an alias in a chain is told as the model it stands for", () => {
    const names = known({ aliases: { fast: "n" }, fallbacks: { m: ["fast"] } });
    expect(resolveTarget("m", names)?.models).toEqual(["m", "n"]);
  });

  it("ends with no alias as its name, whatever the aliases are", () => {
    const name = fc.constantFrom("a", "b", "c", "d", "e");
    fc.assert(
      fc.property(fc.dictionary(name, name), fc.array(name), name, (aliases, all, asked) => {
        const served: readonly string[] = all;
        const target = resolveTarget(asked, known({ aliases, served }));
        expect(target?.way.length ?? 0).toBeLessThanOrEqual(4);
        if (target?.way.length === 4 || target === undefined) return;
        expect(served.includes(target.name) || !Object.hasOwn(aliases, target.name)).toBe(true);
      }),
    );
  });
});
