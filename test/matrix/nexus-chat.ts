import { isObject } from "../../src/core/json.ts";
import { type MatrixDoor, NOTHING_READ } from "./door.ts";
import { PIXEL } from "./features.ts";

const flags = (...list: readonly string[]) => ({ flags: list });
const set = (...params: readonly string[]) => flags(...params.flatMap((param) => ["--set", param]));

const STATUSES: Readonly<Record<string, number>> = {
  rate_limited: 429,
  quota: 429,
  unsupported_feature: 422,
};

/** `nexus chat`, which has no tools, as a script uses it: `--json` whole, `--ndjson` streamed. */
export const nexusChat: MatrixDoor = {
  name: "`nexus chat`",
  asks: {
    "system text": { body: flags("--system", "SYSTEM-1") },
    "several turns": "no words",
    "tools, and a call": "no words",
    "parallel calls": "no words",
    "calls and their results": "no words",
    "a failed tool": "no words",
    "tool choice: a tool by name": "no words",
    "one call at a time": "no words",
    "image, written into the request": { body: flags("--image", "pixel.png") },
    "image, by its address": { body: flags("--image", "https://example.org/a.png") },
    "image in a tool's result": "no words",
    "JSON by a schema": {
      body: set(
        'response_format={"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object","properties":{"schema_prop":{"type":"string"}}}}}',
      ),
    },
    "JSON of any shape": { body: set('response_format={"type":"json_object"}'), field: "response_format" },
    "stop sequences": { body: set('stop=["STOP-7"]'), field: "stop" },
    temperature: { body: set("temperature=0.37"), field: "temperature" },
    "most tokens": { body: set("max_tokens=77") },
    seed: { body: set("seed=424242"), field: "seed" },
    "reasoning effort": { body: set("reasoning_effort=high", "max_tokens=32000"), field: "reasoning_effort" },
    "reasoning text": "no words",
    "cache marks": "no words",
    "stopped by its length": { body: set("max_tokens=5") },
    usage: { body: flags() },
    "a mistake found by the backend": { body: flags() },
    "an overloaded backend": { body: flags() },
    "a rate limit": { body: flags() },
    "an answer that breaks off": { body: flags() },
  },
  async send({ space }, model, { flags: given }, stream) {
    await space.write("pixel.png", Buffer.from(PIXEL, "base64"));
    const more = Array.isArray(given) ? given.map(String) : [];
    const form = stream ? ["--ndjson"] : ["--json", "--no-stream"];
    const env = { MATRIX_KEY: "sk-of-the-matrix" };
    const { stdout, stderr } = await space.nexus(["chat", "-m", model, ...form, ...more, "hi"], { env });
    const said = lastLine(stdout);
    const [, dropped = ""] = /has no place for it: (.*)/.exec(stderr) ?? [];
    return new Response(stdout, { status: statusOf(said), headers: { "x-nexus-dropped": dropped } });
  },
  read(text) {
    const said = lastLine(text);
    const { usage, error, answer, finish_reason: reason } = said;
    const deltas = text
      .split("\n")
      .filter((line) => line.startsWith('{"type":"delta"'))
      .map((line): { text: string } => JSON.parse(line));
    return {
      ...NOTHING_READ,
      text: typeof answer === "string" ? answer : deltas.map((delta) => delta.text).join(""),
      stop: reason === "stop" || reason === "length" ? reason : undefined,
      usage: isObject(usage)
        ? { input: Number(usage["input_tokens"]), output: Number(usage["output_tokens"]) }
        : undefined,
      error: String(failuresOf(error).at(-1)?.["message"] ?? ""),
      broken: isObject(error),
    };
  },
};

/** The one object of `--json`, or the last of `--ndjson`. */
function lastLine(stdout: string): Record<string, unknown> {
  const whole = stdout.startsWith("{\n") ? stdout : (stdout.trimEnd().split("\n").at(-1) ?? "{}");
  return JSON.parse(whole);
}

/** What the proxy would say with its status, the program says in its error. */
function statusOf({ error }: Record<string, unknown>): number {
  if (!isObject(error)) return 200;
  const found = STATUSES[String(error["code"])] ?? failuresOf(error).at(-1)?.["status"];
  return typeof found === "number" ? found : 500;
}

function failuresOf(error: unknown): readonly Record<string, unknown>[] {
  const failures = isObject(error) ? error["failures"] : undefined;
  return Array.isArray(failures) ? failures.filter(isObject) : [];
}
