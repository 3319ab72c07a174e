import { beforeAll, describe, expect, it } from "vitest";
import type { DialectName } from "../../src/core/backend.ts";
import { isObject } from "../../src/core/json.ts";
import type { Mock } from "../../src/mock/mock.ts";
import { backend } from "../e2e/support/backends.ts";
import { type RunningServer, serve } from "../e2e/support/server.ts";
import { workspace } from "../e2e/support/workspace.ts";
import { projectFile } from "../support/generated.ts";
import { BACKENDS } from "./backends.ts";
import { FEATURES, type Feature } from "./features.ts";

const KEY = "sk-of-the-matrix";

/** What became of a feature on its way to a backend of a dialect. */
type Fate = "carried" | "dropped" | "refused";

const fates = new Map<string, Fate>();

describe.each(BACKENDS)("X-05 A001-32 from the OpenAI door to $dialect", ({ dialect, record }) => {
  const cases = FEATURES.flatMap((feature) => [false, true].map((stream) => ({ ...feature, stream })));
  let server: RunningServer;

  const finish: (() => Promise<void>)[] = [];
  const finished = (work: () => Promise<void>) => void finish.push(work);
  beforeAll(async () => {
    const space = await workspace(finished);
    const mocks = await Promise.all(
      cases.map(({ answer }) => backend({ dialect, ...(answer !== undefined && { answer }) }, finished)),
    );
    const backends = mocks.map(({ url }, at) => [
      `b${at}`,
      { ...record, url, models: [`m${at}`], api_key_env: "MATRIX_KEY" },
    ]);
    await space.config({ backends: Object.fromEntries(backends) });
    server = await serve(space, [], { env: { MATRIX_KEY: KEY } }, finished);
    all = mocks;
    return async () => {
      for (const work of finish.toReversed()) await work();
    };
  });
  let all: readonly Mock[] = [];

  it.each(cases.map((one, at) => ({ ...one, at })))("$name (stream: $stream)", async ({ at, ...feature }) => {
    const { asked, stream } = feature;
    const response = await server.chat({
      model: `m${at}`,
      ...asked,
      ...(stream && { stream, stream_options: { include_usage: true } }),
    });
    const text = await response.text();
    const fate = fateOf(feature, response, text, all[at]?.chats[0]?.rawBody);
    if (fate !== "refused") {
      expect(response.status, text).toBe(200);
      if (feature.returns !== undefined) expect(answerOf(text, stream)).toMatchObject(feature.returns);
    }
    const key = `${feature.name}/${dialect}`;
    expect(fates.get(key) ?? fate).toBe(fate);
    fates.set(key, fate);
  });
});

it("is told in docs/dialects.md", async () => {
  const shown = BACKENDS.map(({ dialect }) => dialect);
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const cell = (name: string, dialect: DialectName) => fates.get(`${name}/${dialect}`) ?? "not run";
  const table = [
    row(["from OpenAI chat to", ...shown]),
    row(["from OpenAI chat to", ...shown].map(() => "---")),
    ...FEATURES.map(({ name }) => row([name, ...shown.map((dialect) => cell(name, dialect))])),
  ];
  await expect(`${HEAD}\n${table.join("\n")}\n`).toMatchFileSnapshot(projectFile("docs/dialects.md"));
});

const HEAD = `# Dialects: what is carried

Written by the test run (\`test/matrix/\`), through the built program: each feature is asked for at the OpenAI door of \`nexus serve\`,
streamed and not, of a backend of each dialect; the table says what the backend received and the client got.
\`carried\`: it arrived, and came back. \`dropped\`: left out because the dialect has no place for it, and named in \`x-nexus-dropped\`.
\`refused\`: 422 that names field and backend, when no other candidate can be sent it.
`;

/** A feature that does not arrive has to be told: nothing is lost in silence. */
function fateOf(
  { arrives = [], field }: Feature,
  response: Response,
  text: string,
  received: string | undefined,
): Fate {
  if (response.status === 422) {
    expect(text).toContain("unsupported_feature");
    return "refused";
  }
  const dropped = (response.headers.get("x-nexus-dropped") ?? "").split(", ");
  if (field !== undefined && dropped.includes(field)) return "dropped";
  for (const mark of arrives) expect(received).toMatch(mark);
  return "carried";
}

/** The answer's first choice and its usage, put together where it came as a stream. */
function answerOf(text: string, stream: boolean): unknown {
  if (!stream) {
    const { choices, usage } = JSON.parse(text);
    return { ...choices[0], usage };
  }
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  const message: {
    content: string;
    reasoning_content: string;
    tool_calls: { function: { name: string; arguments: string } }[];
  } = {
    content: "",
    reasoning_content: "",
    tool_calls: [],
  };
  let finish_reason: unknown;
  let usage: unknown;
  for (const block of text.split("\n\n").filter((one) => one.startsWith("data: {"))) {
    const chunk = JSON.parse(block.slice(6));
    usage = chunk.usage ?? usage;
    const choice = chunk.choices[0];
    if (!isObject(choice)) continue;
    finish_reason = choice["finish_reason"] ?? finish_reason;
    const delta = chunk.choices[0].delta;
    message.content += delta.content ?? "";
    message.reasoning_content += delta.reasoning_content ?? "";
    for (const { index, function: said } of delta.tool_calls ?? []) {
      message.tool_calls[index] ??= { function: { name: "", arguments: "" } };
      const known = message.tool_calls[index];
      if (known === undefined) continue;
      known.function.name += said.name ?? "";
      known.function.arguments += said.arguments ?? "";
    }
  }
  return { message, finish_reason, usage };
}
