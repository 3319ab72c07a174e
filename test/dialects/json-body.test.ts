import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { duplicateIn, MAX_DEPTH, MAX_TOKENS, scanBody, splice } from "../../src/dialects/json-body.ts";

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

/** A key, sometimes written with escapes. */
const key = fc.oneof(
  fc.constantFrom("model", "a", "__proto__", "toString", 'q"q', "\\", "ключ", ""),
  fc.string({ maxLength: 4 }),
);

function literal(text: string, escaped: boolean): string {
  if (!escaped) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("")}"`;
}

/** The text of an object as someone else may write it: any white space, escapes, keys unique. */
const objectText = fc
  .tuple(
    fc.uniqueArray(
      fc.record({
        key,
        escaped: fc.boolean(),
        value: fc.oneof(
          fc.json({ maxDepth: 3 }),
          fc.constantFrom("12345678901234567890", "1e5", '"a\\"}],:{"', '{"a":1,"a":2}'),
        ),
        spaces: fc.tuple(space, space, space, space),
      }),
      { selector: (member) => member.key, maxLength: 6 },
    ),
    space,
    space,
  )
  .map(([members, before, after]) => {
    const body = members.map(
      ({ key: name, escaped, value, spaces: [a, b, c, d] }) =>
        `${a}${literal(name, escaped)}${b}:${c}${value}${d}`,
    );
    return { text: `${before}{${body.join(",")}}${after}`, members };
  });

/** Members that define themselves, whatever their name: `__proto__` too. */
function objectOf(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(entries);
}

function parsed(text: string): JsonObject {
  return JSON.parse(text);
}

test("the members of an object are found with their exact values", () => {
  fc.assert(
    fc.property(objectText, ({ text, members }) => {
      const found = scanBody(text);
      expect(found.members.map((member) => member.key)).toEqual(members.map((member) => member.key));
      expect(found.members.map(({ valueStart, valueEnd }) => text.slice(valueStart, valueEnd))).toEqual(
        members.map(({ value }) => value.trim()),
      );
      expect(duplicateIn(found.members)).toBeUndefined();
      expect(found).not.toHaveProperty("excess");
    }),
    { numRuns: 500 },
  );
});

test("strings of any length end where they end, whatever is escaped in them", () => {
  const long = fc.array(fc.constantFrom('"', "\\", "a", "a".repeat(63), "}],:"), { maxLength: 40 });
  fc.assert(
    fc.property(long, long, (first, second) => {
      const text = JSON.stringify({ a: first.join(""), b: second.join("") });
      expect(
        scanBody(text).members.map(({ valueStart, valueEnd }) => text.slice(valueStart, valueEnd)),
      ).toEqual([JSON.stringify(first.join("")), JSON.stringify(second.join(""))]);
    }),
    { numRuns: 1_000 },
  );
});

test("splicing and parsing gives what editing the parsed object gives", () => {
  const edits = fc.dictionary(key, fc.jsonValue(), { maxKeys: 4, noNullPrototype: true });
  fc.assert(
    fc.property(objectText, edits, edits, ({ text }, replaceAny, addAny) => {
      const replace: JsonObject = parsed(JSON.stringify(replaceAny));
      const add: JsonObject = parsed(JSON.stringify(addAny));
      const before = parsed(text);
      const expected = objectOf([
        ...Object.entries(before).map(
          ([name, value]) => [name, Object.hasOwn(replace, name) ? replace[name] : value] as const,
        ),
        ...Object.entries(add).filter(([name]) => !Object.hasOwn(before, name)),
      ]);
      const after = splice(text, scanBody(text).members, { replace, add });
      expect(JSON.stringify(parsed(after))).toBe(JSON.stringify(expected));
    }),
    { numRuns: 500 },
  );
});

test("outside the replaced values every character stays", () => {
  fc.assert(
    fc.property(objectText, fc.jsonValue(), ({ text }, value) => {
      const { members } = scanBody(text);
      const replace: JsonObject = parsed(JSON.stringify({ model: value }));
      const after = splice(text, members, { replace, add: {} });
      const member = members.find((found) => found.key === "model");
      const [start, end] = member === undefined ? [0, 0] : [member.valueStart, member.valueEnd];
      expect(after).toBe(
        text.slice(0, start) + (member === undefined ? "" : JSON.stringify(value)) + text.slice(end),
      );
      expect(splice(text, members, { replace: {}, add: {} })).toBe(text);
    }),
  );
});

test("C23 large numbers keep their digits, and keys that stand twice further in stay", () => {
  const text = '{ "seed": 9007199254740993, "model":"a" , "x":{"y":1,"y":2e1000} }';
  expect(splice(text, scanBody(text).members, { replace: { model: "b" }, add: { top_p: 0.5 } })).toBe(
    '{ "seed": 9007199254740993, "model":"b" , "x":{"y":1,"y":2e1000},"top_p":0.5 }',
  );
});

test("members are added to an empty object", () => {
  const text = " { } ";
  expect(splice(text, scanBody(text).members, { replace: {}, add: { a: 1, b: [2] } })).toBe(
    ' {"a":1,"b":[2] } ',
  );
});

test.each([
  ['{"model":"a","x":1,"model":"b"}', "model"],
  ['{"model":"a","mod\\u0065l":"b"}', "model"],
  ['{"a":{"b":1,"b":2},"c":[{"a":1}]}', undefined],
])("C22 the key that stands twice in %s", (text, duplicate) => {
  expect(duplicateIn(scanBody(text).members)).toBe(duplicate);
});

test("C11 nesting is refused one level past the limit", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  expect(scanBody(nested(MAX_DEPTH)).excess).toBeUndefined();
  expect(scanBody(nested(MAX_DEPTH + 1)).excess).toBe("depth");
});

test("C12 too many small things are refused, brackets and commas in strings are not counted", () => {
  expect(scanBody(`[${"{},".repeat(MAX_TOKENS)}1]`).excess).toBe("size");
  expect(scanBody(`{"a":"${"{},[]:".repeat(MAX_TOKENS)}"}`).excess).toBeUndefined();
});

test("C1 whatever the text is, and wherever it is cut, nothing is thrown", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.stringMatching(/^[{}[\],:"\\ a1]{0,30}$/),
        objectText.map(({ text }) => text),
      ),
      (text) => {
        for (let end = 0; end <= text.length; end++) {
          const part = text.slice(0, end);
          for (const { valueStart, valueEnd } of scanBody(part).members) {
            expect(valueStart).toBeLessThanOrEqual(part.length);
            expect(valueEnd).toBeLessThanOrEqual(part.length);
          }
        }
      },
    ),
  );
});

test("an item put before the first of a list leaves every other character as it was", () => {
  const text = '{"a": [ 1.0,2 ], "b":[3]}';
  const { members } = scanBody(text);
  expect(splice(text, members, { replace: { b: 4 }, add: { c: 5 }, prepend: { a: { x: 1 } } })).toBe(
    '{"a": [{"x":1}, 1.0,2 ], "b":4,"c":5}',
  );
});
