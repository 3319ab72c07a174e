import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { formatPath, parsePath, valueAt, withoutValue, withValue } from "../../src/config/key-path.ts";
import { jsonSchema } from "../../src/config/schema.ts";
import { updateConfig } from "../../src/config/store.ts";
import { isJsonObject, type JsonObject } from "../../src/core/json.ts";
import { tempPaths } from "./temp-paths.ts";

/** Names as a file's owner may choose them: only what a rule forbids is left out. */
const modelName = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 12, unit: "binary" }),
    fc.constantFrom(
      "gpt-4.1",
      "a.b",
      "constructor",
      "toString",
      '"',
      "\\",
      'say "hi".',
      " ",
      "\u{1f600}",
      "0",
    ),
  )
  .filter((name) => name !== "__proto__");

const backendName = fc.constantFrom("box", "a.b", "a", "constructor", "v1.2.3", "0");

type Change = { readonly path: readonly string[]; readonly value: JsonObject | string | number | undefined };

const price = fc.record({ input_per_1k: fc.integer({ min: 0, max: 9 }), output_per_1k: fc.constant(1) });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ path: backendName.map((name) => ["backends", name]), value: fc.constant({ type: "ollama" }) }),
  fc.record({ path: backendName.map((name) => ["backends", name]), value: fc.constant(undefined) }),
  fc.record({
    path: backendName.map((name) => ["backends", name, "tier"]),
    value: fc.integer({ min: 0, max: 5 }),
  }),
  fc.record({
    path: fc.tuple(backendName, modelName).map(([backend, model]) => ["pricing", backend, model]),
    value: fc.option(price, { nil: undefined }),
  }),
  fc.record({ path: fc.constant(["default_profile"]), value: modelName }),
);

/** The same on a plain object. A tier is set only where there is a backend: a record without a type is not valid. */
function applied(document: JsonObject, { path, value }: Change): JsonObject {
  if (path.length === 3 && path[0] === "backends" && !isJsonObject(valueAt(document, path.slice(0, 2)))) {
    return document;
  }
  if (value !== undefined) return withValue(document, path, value);
  return valueAt(document, path) === undefined ? document : withoutValue(document, path);
}

describe("any sequence of changes", () => {
  it("S3 S4 leaves what it leaves of a plain object, in a file that its published schema accepts", async () => {
    const published = z.fromJSONSchema(JSON.parse(JSON.stringify(jsonSchema("config"))));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 8 }), async (changes) => {
        const paths = await tempPaths();
        let plain: JsonObject = {};
        for (const each of changes) {
          plain = applied(plain, each);
          await updateConfig(paths, (document) => {
            // The way `config set` goes: the path is spelled as people do, and read back.
            const path = parsePath(formatPath(each.path), document);
            expect(path).toEqual(each.path);
            return applied(document, { ...each, path });
          });
        }
        const text = await readFile(paths.configFile, "utf8").catch(() => "{}");
        expect(JSON.parse(text)).toEqual(plain);
        expect(published.safeParse(JSON.parse(text)).error).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
