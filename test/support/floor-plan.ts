import path from "node:path";
import type { Source } from "./source.ts";

/** Floor of every room: a file imports from its own room or a lower floor. */
export const FLOORS: Readonly<Record<string, number>> = {
  core: 0,
  dialects: 1,
  routing: 1,
  backends: 1,
  resilience: 1,
  files: 2,
  upstream: 3,
  config: 3,
  control: 3,
  database: 3,
  secrets: 3,
  time: 3,
  tokens: 3,
  pricing: 3,
  state: 4,
  ledger: 4,
  sessions: 4,
  registry: 4,
  engine: 4,
  mock: 5,
  server: 5,
  cli: 6,
  main: 7,
};

/** Rooms that may touch files. */
const FILE_ROOMS: ReadonlySet<string> = new Set([
  "files",
  "config",
  "control",
  "database",
  "state",
  "secrets",
  "time",
  "cli",
]);

/** Everything that makes a pure function lie: time, chance, and the world outside. */
const IMPURE: ReadonlySet<string> = new Set([
  "process",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "performance",
  "crypto",
  "globalThis",
  "console",
  "Date.now",
  "new Date",
  "Math.random",
]);

/** What a program that only prints its version may load. Commander loads the modules of Node's that stand here. */
const START_UP_MODULES: ReadonlySet<string> = new Set([
  "commander",
  "fastest-levenshtein",
  "node:events",
  "node:fs",
  "node:path",
  "package.json",
]);

const GRAB_BAGS = /^(?:utils?|helpers?|common|misc|shared|lib|types)$/;

/** Words of the wire formats. Code outside the dialects must not know them. */
const WIRE_WORDS: ReadonlySet<string> = new Set([
  "choices",
  "tool_call_id",
  "content_block_start",
  "content_block_delta",
  "message_start",
  "message_stop",
  "stream_options",
  "prompt_tokens",
  "completion_tokens",
  "generateContent",
  "/chat/completions",
  "/v1/messages",
  "x-api-key",
  "x-goog-api-key",
  "anthropic-version",
  "authorization",
  "[DONE]",
]);

/** Longest file, in lines. */
export const MAX_LINES = 300;

/** A rule of the house: what it finds wrong, one sentence each, empty when all is well. */
export type Rule = (sources: readonly Source[]) => readonly string[];

/** The room a file stands in: `src/core/json.ts` in `core`, `src/main.ts` in `main`. */
function roomOf(file: string): string {
  const [, room = ""] = file.split("/");
  return room.replace(/\.ts$/, "");
}

/** Every file stands in a room of the plan. */
export const knownRooms: Rule = (sources) =>
  sources
    .filter(({ path: file }) => FLOORS[roomOf(file)] === undefined)
    .map(
      (source) => `${source.path}: no such room; give it a floor in test/support/floor-plan.ts or move it`,
    );

/** Imports go down, or stay in the room. */
export const importsGoDown: Rule = (sources) =>
  sources.flatMap((source) =>
    source.imports.flatMap(({ specifier, line }) => {
      const target = resolve(source.path, specifier);
      if (target === undefined || !target.startsWith("src/")) return [];
      const [from, to] = [roomOf(source.path), roomOf(target)];
      const [above = -1, below = -1] = [FLOORS[from], FLOORS[to]];
      if (from === to || below < above) return [];
      const why = below === above ? "they stand on one floor" : "that is a floor above";
      return [
        `${source.path}:${line}: ${from} imports ${to}, and ${why}; meet through a port in core/ports.ts or move the code`,
      ];
    }),
  );

/** The two lowest floors are pure. */
export const lowFloorsArePure: Rule = (sources) =>
  sources
    .filter(({ path: file }) => (FLOORS[roomOf(file)] ?? 9) <= 1)
    .flatMap((source) => [
      ...source.imports
        .filter(({ specifier }) => specifier.startsWith("node:"))
        .map(
          (found) =>
            `${source.path}:${found.line}: ${found.specifier} in a pure room; take its result as an argument`,
        ),
      ...source.names
        .filter(({ text }) => IMPURE.has(text))
        .map(
          (found) =>
            `${source.path}:${found.line}: ${found.text} in a pure room; take time and chance as arguments`,
        ),
    ]);

/** One file knows the process; everybody else gets the world through `App`. */
export const processOnlyInMain: Rule = (sources) =>
  sources
    .filter(({ path: file }) => file !== "src/main.ts")
    .flatMap((source) => [
      ...source.names
        .filter(({ text }) => text === "process")
        .map((found) => `${source.path}:${found.line}: process outside main.ts; take it from App`),
      ...source.imports
        .filter(({ specifier, kind }) => specifier === "node:process" && kind !== "type")
        .map((found) => `${source.path}:${found.line}: node:process outside main.ts; take it from App`),
    ]);

/** One room speaks HTTP to backends. */
export const httpClientOnlyInUpstream: Rule = (sources) =>
  sources
    .filter(({ path: file }) => roomOf(file) !== "upstream")
    .flatMap((source) => [
      ...source.imports
        .filter(({ specifier, kind }) => /^undici(?:\/|$)/.test(specifier) && kind !== "type")
        .map(
          (found) =>
            `${source.path}:${found.line}: undici outside upstream/; send through the port in core/ports.ts`,
        ),
      ...source.names
        .filter(({ text }) => text === "fetch")
        .map(
          (found) =>
            `${source.path}:${found.line}: fetch outside upstream/; send through the port in core/ports.ts`,
        ),
    ]);

/** The other build of zod cannot be shaken: one import of it made every command load 40 KB more. */
export const zodIsMini: Rule = (sources) =>
  sources.flatMap((source) =>
    source.imports
      .filter(({ specifier, kind }) => specifier === "zod" && kind !== "type")
      .map((found) => `${source.path}:${found.line}: zod as a whole; import "zod/mini"`),
  );

/** Files are touched in few rooms. */
export const filesOnlyInTheirRooms: Rule = (sources) =>
  sources
    .filter(({ path: file }) => !FILE_ROOMS.has(roomOf(file)))
    .flatMap((source) =>
      source.imports
        .filter(({ specifier }) => /^node:fs(?:\/|$)/.test(specifier))
        .map(
          (found) => `${source.path}:${found.line}: ${found.specifier} outside ${[...FILE_ROOMS].join(", ")}`,
        ),
    );

/** Wire words live in dialects; the mock is a server and speaks them too. */
export const wireWordsOnlyInDialects: Rule = (sources) =>
  sources
    .filter(({ path: file }) => !["dialects", "mock"].includes(roomOf(file)))
    .flatMap((source) =>
      source.words
        .filter(({ text }) => WIRE_WORDS.has(text.toLowerCase()) || WIRE_WORDS.has(text))
        // What commander and the prompts call the values one may pick from.
        .filter(({ text }) => !(text === "choices" && roomOf(source.path) === "cli"))
        .map(
          (found) => `${source.path}:${found.line}: "${found.text}" is a wire word; it belongs in dialects/`,
        ),
    );

/** No rooms for everything; `types.ts` only where it is the table of a room's types. */
export const noGrabBags: Rule = (sources) =>
  sources
    .filter(({ path: file }) => file !== "src/backends/types.ts")
    .filter(({ path: file }) =>
      file
        .replace(/\.ts$/, "")
        .split("/")
        .some((part) => GRAB_BAGS.test(part)),
    )
    .map((source) => `${source.path}: a name that says nothing; put each thing with its owner`);

/** No barrels, which are files that only pass on what others export. */
export const noBarrels: Rule = (sources) =>
  sources
    .filter((source) => source.exports.length === 0)
    .flatMap((source) =>
      source.imports
        .filter(({ kind }) => kind === "re-export")
        .map(
          (found) =>
            `${source.path}:${found.line}: only passes on ${found.specifier}; import it where it lives`,
        ),
    );

/** Small files. */
export const filesAreShort: Rule = (sources) =>
  sources
    .filter(({ lines }) => lines > MAX_LINES)
    .map((source) => `${source.path}: ${source.lines} lines, more than ${MAX_LINES}; it is asking to be two`);

/** Every exported item says what it is. */
export const exportsAreDocumented: Rule = (sources) =>
  sources.flatMap((source) =>
    source.exports
      .filter(({ documented }) => !documented)
      .map((item) => `${source.path}:${item.line}: export ${item.name} has no docstring`),
  );

/** The compiler is not silenced. */
export const noCasts: Rule = (sources) =>
  sources.flatMap((source) =>
    source.casts.map(
      (line) => `${source.path}:${line}: a cast or a compiler switch; narrow with a guard instead`,
    ),
  );

/** Rooms whose files every command loads; all others are imported dynamically, when they are needed. */
const START_UP_ROOMS: ReadonlySet<string> = new Set(["main", "cli", "core", "config", "time"]);

/** What every command pays for at start-up is small: the rest is imported when it is needed. */
export const startUpIsLight: Rule = (sources) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const seen = new Set<string>();
  const found: string[] = [];
  const visit = (file: string): void => {
    const source = byPath.get(file);
    if (source === undefined || seen.has(file)) return;
    seen.add(file);
    for (const { specifier, kind, line } of source.imports) {
      if (kind !== "static" && kind !== "re-export") continue;
      const target = resolve(file, specifier) ?? specifier;
      if (target.startsWith("src/") && START_UP_ROOMS.has(roomOf(target))) visit(target);
      else if (!START_UP_MODULES.has(target)) {
        found.push(`${file}:${line}: every command loads ${target}; import it dynamically where it is used`);
      }
    }
  };
  visit("src/main.ts");
  return found;
};

function resolve(from: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? path.posix.join(path.posix.dirname(from), specifier) : undefined;
}
