import path from "node:path";
import { describe, expect, it } from "vitest";
import * as plan from "./support/floor-plan.ts";
import { parseSource, readSources } from "./support/source.ts";

const sources = readSources(path.join(import.meta.dirname, ".."));

/** Each rule, with a file that breaks it: a rule that cannot fail is worth nothing. */
const RULES: readonly { title: string; rule: plan.Rule; breaks: Readonly<Record<string, string>> }[] = [
  {
    title: "every file stands in a room of the floor plan",
    rule: plan.knownRooms,
    breaks: { "src/attic/box.ts": "" },
  },
  {
    title: "imports go down a floor or stay in the room",
    rule: plan.importsGoDown,
    breaks: { "src/core/a.ts": 'import type { B } from "../engine/b.ts";' },
  },
  {
    title: "rooms on one floor do not know each other, not even by a dynamic import",
    rule: plan.importsGoDown,
    breaks: { "src/routing/a.ts": 'export const b = () => import("../dialects/b.ts");' },
  },
  {
    title: "the two lowest floors are pure",
    rule: plan.lowFloorsArePure,
    breaks: { "src/resilience/a.ts": "export const late = () => Date.now();" },
  },
  {
    title: "only main.ts knows the process",
    rule: plan.processOnlyInMain,
    breaks: { "src/cli/a.ts": "export const home = process.env['HOME'];" },
  },
  {
    title: "only upstream/ holds an HTTP client",
    rule: plan.httpClientOnlyInUpstream,
    breaks: { "src/registry/a.ts": 'const client = await import("undici");' },
  },
  {
    title: "zod is its small build everywhere",
    rule: plan.zodIsMini,
    breaks: { "src/config/a.ts": 'import { z } from "zod";' },
  },
  {
    title: "files are touched in few rooms only",
    rule: plan.filesOnlyInTheirRooms,
    breaks: { "src/engine/a.ts": 'import { readFile } from "node:fs/promises";' },
  },
  {
    title: "wire words live in the dialects only",
    rule: plan.wireWordsOnlyInDialects,
    breaks: { "src/engine/a.ts": "export const first = (body) => body.choices[0];" },
  },
  {
    title: "there are no grab bags",
    rule: plan.noGrabBags,
    breaks: { "src/cli/utils.ts": "" },
  },
  {
    title: "there are no barrel files",
    rule: plan.noBarrels,
    breaks: { "src/core/index.ts": 'export * from "./chat.ts";' },
  },
  {
    title: `no file is longer than ${plan.MAX_LINES} lines`,
    rule: plan.filesAreShort,
    breaks: { "src/core/a.ts": "// line\n".repeat(plan.MAX_LINES + 1) },
  },
  {
    title: "A004-21 every exported item of every room is documented",
    rule: plan.exportsAreDocumented,
    breaks: { "src/core/a.ts": "// no docstring\nexport const a = 1;" },
  },
  {
    title: "the compiler is not silenced",
    rule: plan.noCasts,
    breaks: { "src/core/a.ts": "export const a = JSON.parse('1') as number;" },
  },
  {
    title: "what every command loads at start-up is small",
    rule: plan.startUpIsLight,
    breaks: { "src/main.ts": 'import "./cli/a.ts";', "src/cli/a.ts": 'import { request } from "undici";' },
  },
];

describe.each(RULES)("$title", ({ rule, breaks }) => {
  it("holds", () => {
    expect(rule(sources)).toEqual([]);
  });

  it("is noticed when broken", () => {
    expect(rule(Object.entries(breaks).map(([name, text]) => parseSource(name, text)))).not.toEqual([]);
  });
});

it("reads every file of the house", () => {
  expect(sources.map((source) => source.path)).toContain("src/main.ts");
});
