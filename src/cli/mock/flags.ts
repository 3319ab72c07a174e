import { resolve } from "node:path";
import { readObject } from "../../config/parse-json.ts";
import { DIALECT_NAMES, type DialectName } from "../../core/backend.ts";
import { parseDuration } from "../../core/duration.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { MockOptions } from "../../mock/mock.ts";
import type { MockFlags } from "../commands/mock.ts";

/** What the flags say, over what the script file says. Relative paths count from `cwd`. */
export async function readFlags(flags: MockFlags, cwd: string): Promise<MockOptions> {
  const { host, model, answer, fault } = flags;
  const script = flags.script === undefined ? {} : await scriptFrom(resolve(cwd, flags.script));
  const latencyMs = duration("--latency", flags.latency);
  const chunkDelayMs = duration("--chunk-delay", flags.chunkDelay);
  const port = portOf(flags.port);
  const dialect = dialectOf(flags.dialect);
  return {
    ...script,
    ...(dialect !== undefined && { dialect }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(model && { models: model }),
    ...(answer !== undefined && { answer }),
    ...(fault && { steps: fault }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(chunkDelayMs !== undefined && { chunkDelayMs }),
  };
}

async function scriptFrom(file: string): Promise<MockOptions> {
  const content = await readObject(file);
  if (content === undefined) {
    throw new Problem("usage", "script_not_found", `--script: there is no file ${file}`);
  }
  const { readScript } = await import("../../mock/script.ts");
  return readScript(content, file);
}

function dialectOf(name: string | undefined): DialectName | undefined {
  const dialect = DIALECT_NAMES.find((known) => known === name);
  if (name === undefined || dialect !== undefined) return dialect;
  throw new Problem(
    "usage",
    "unknown_dialect",
    `--dialect: no scripted backend speaks ${JSON.stringify(name)}${didYouMean(name, DIALECT_NAMES)}`,
    `it is one of ${DIALECT_NAMES.join(", ")}`,
  );
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Problem(
    "usage",
    "bad_port",
    `--port must be a number from 0 to 65535, not ${JSON.stringify(text)}`,
  );
}

function duration(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text, "ms");
  if (ms !== undefined) return ms;
  throw new Problem(
    "usage",
    "bad_duration",
    `${flag} must be a duration such as 250ms or 1.5s, not ${JSON.stringify(text)}`,
  );
}
