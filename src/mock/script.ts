import * as z from "zod/mini";
import { formatPath } from "../config/key-path.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import { Problem } from "../core/problem.ts";
import type { Answer } from "./answer.ts";
import type { MockOptions } from "./mock.ts";
import { prepareStep, type Step } from "./step.ts";

const text = (what = "text") => z.string({ error: what });
const whole = () =>
  z.int({ error: "a whole number from 0" }).check(z.minimum(0, { error: "a whole number from 0" }));

const ANSWER = z.strictObject({
  text: z.exactOptional(text()),
  pieces: z.exactOptional(z.array(text(), { error: "a list of texts" })),
  reasoning: z.exactOptional(text()),
  refusal: z.exactOptional(text()),
  tool_calls: z.exactOptional(
    z.array(
      z.strictObject({
        id: z.exactOptional(text()),
        name: text(),
        arguments: z.union([z.string(), z.record(z.string(), z.unknown())], {
          error: "JSON text or an object",
        }),
      }),
      { error: "a list of tool calls" },
    ),
  ),
  finish_reason: z.exactOptional(text()),
  model: z.exactOptional(text()),
  usage: z.exactOptional(
    z.union(
      [
        z.literal("none"),
        z.strictObject({
          input: whole(),
          output: whole(),
          cached: z.exactOptional(whole()),
          reasoning: z.exactOptional(whole()),
        }),
      ],
      { error: '"none", or an object with input and output' },
    ),
  ),
  latency_ms: z.exactOptional(whole()),
  chunk_delay_ms: z.exactOptional(whole()),
});

const FAULT = z.catchall(
  z.object({ fault: text("the name of a fault") }),
  z.union([z.string(), z.number()], { error: "text or a number" }),
);

const MODEL = z.union([z.string(), z.looseObject({ id: z.string() })], {
  error: "an id, or an object with one",
});

const LIST = z.array(z.unknown(), { error: "a list of steps" });

const SCRIPT = z.strictObject({
  models: z.exactOptional(z.array(MODEL, { error: "a list of models" })),
  answer: z.exactOptional(z.unknown()),
  latency_ms: z.exactOptional(whole()),
  chunk_delay_ms: z.exactOptional(whole()),
  api_key: z.exactOptional(text()),
  steps: z.exactOptional(LIST),
  models_steps: z.exactOptional(LIST),
  pages: z.exactOptional(z.record(z.string(), z.unknown(), { error: "an object of paths" })),
});

/** What a script file says. Throws a `Problem` (kind `config`) that names the file and the key. */
export function readScript(content: JsonObject, file: string): MockOptions {
  const script = check(SCRIPT, content, file, []);
  const { models, answer, latency_ms, chunk_delay_ms, api_key, steps, models_steps, pages } = script;
  return {
    ...(models && { models }),
    ...(answer !== undefined && { answer: answerOf(answer, file, ["answer"]) }),
    ...(latency_ms !== undefined && { latencyMs: latency_ms }),
    ...(chunk_delay_ms !== undefined && { chunkDelayMs: chunk_delay_ms }),
    ...(api_key !== undefined && { apiKey: api_key }),
    ...(steps && { steps: steps.map((step, index) => stepOf(step, file, ["steps", String(index)])) }),
    ...(models_steps && {
      modelsSteps: models_steps.map((step, index) => stepOf(step, file, ["models_steps", String(index)])),
    }),
    ...(pages && { pages }),
  };
}

function stepOf(value: unknown, file: string, path: readonly string[]): Step {
  const step = isObject(value) && "fault" in value ? check(FAULT, value, file, path) : answerOrName(value);
  try {
    prepareStep(step, {});
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw refused(file, path, error.message, error.hint);
  }
  return step;

  function answerOrName(value: unknown): Step {
    if (typeof value === "string" || typeof value === "number") return String(value);
    if (isObject(value)) return answerOf(value, file, path);
    throw refused(file, path, "must be a fault's name, a fault, or an answer");
  }
}

function answerOf(value: unknown, file: string, path: readonly string[]): Answer {
  if (typeof value === "string") return { text: value };
  const { tool_calls, finish_reason, latency_ms, chunk_delay_ms, ...same } = check(ANSWER, value, file, path);
  return {
    ...same,
    ...(tool_calls && {
      toolCalls: tool_calls.map((call) => ({
        ...call,
        arguments: typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments),
      })),
    }),
    ...(finish_reason !== undefined && { finishReason: finish_reason }),
    ...(latency_ms !== undefined && { latencyMs: latency_ms }),
    ...(chunk_delay_ms !== undefined && { chunkDelayMs: chunk_delay_ms }),
  };
}

/** The value as the schema types it; else the first thing that is wrong with it. */
function check<T extends z.ZodMiniType>(
  schema: T,
  value: unknown,
  file: string,
  path: readonly string[],
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = [...path, ...(issue?.path.map(String) ?? [])];
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    throw refused(
      file,
      [...at, key],
      `is not known${didYouMean(key, issue.path.length === 0 ? keysAt(schema) : [])}`,
    );
  }
  throw refused(file, at, `must be ${issue === undefined ? "valid" : wanted(issue.message)}`);
}

function wanted(message: string): string {
  return message === "Invalid input" ? "an object" : message;
}

function keysAt(schema: z.ZodMiniType): readonly string[] {
  return schema instanceof z.ZodMiniObject ? Object.keys(schema.shape) : [];
}

function refused(file: string, path: readonly string[], what: string, hint?: string): Problem {
  const place = path.length === 0 ? "" : `${formatPath(path)} `;
  return new Problem("config", "script_invalid", `${file}: ${place}${what}`, hint);
}
