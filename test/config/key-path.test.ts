import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPath, parsePath, valueAt, withoutValue, withValue } from "../../src/config/key-path.ts";

const document = {
  backends: { "my.box": { url: "u" }, my: { box: { url: "other" } }, plain: { models: ["a"] } },
};

describe("dotted keys", () => {
  it("the longest name that exists wins", () => {
    expect(parsePath("backends.my.box.url", document)).toEqual(["backends", "my.box", "url"]);
    expect(parsePath("backends.plain.url", document)).toEqual(["backends", "plain", "url"]);
  });

  it("quotes make one name of what is in them", () => {
    expect(parsePath('backends."a.b".url', document)).toEqual(["backends", "a.b", "url"]);
    expect(parsePath("backends.a.b", document)).toEqual(["backends", "a", "b"]);
  });

  it.each([
    [String.raw`"a\n\u00e9"`, "a\n\u00e9"],
    [String.raw`"say \"hi\""`, 'say "hi"'],
    [String.raw`"a\q"`, "aq"],
  ])("what stands in quotes is spelled as in JSON: %s", (key, name) => {
    expect(parsePath(key, {})).toEqual([name]);
  });

  it.each(["", ".", "a.", ".a", "a..b", '"a', 'a"b"'])("%j is no key", (key) => {
    expect(() => parsePath(key, {})).toThrow("is not a key");
  });

  it("members of lists are found by index", () => {
    expect(valueAt(document, ["backends", "plain", "models", "0"])).toBe("a");
  });

  it("a name of Object.prototype is no value", () => {
    expect(valueAt({}, ["constructor"])).toBeUndefined();
    expect(valueAt({}, ["__proto__", "x"])).toBeUndefined();
  });

  it("an object that becomes empty goes too", () => {
    expect(withoutValue({ routing: { settings: { a: 1 } }, b: 2 }, ["routing", "settings", "a"])).toEqual({
      b: 2,
    });
  });

  it("what is set is found again, under any names, and pollutes nothing", () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom("__proto__", "constructor", "a.b", 'q"q'),
    );
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.integer(), (path, value) => {
        const changed = withValue({}, path, value);
        expect(valueAt(changed, path)).toBe(value);
        expect(withoutValue(changed, path)).toEqual({});
        expect("x" in Object.prototype).toBe(false);
        expect(valueAt(changed, parsePath(formatPath(path), changed))).toBe(value);
      }),
    );
  });
});
