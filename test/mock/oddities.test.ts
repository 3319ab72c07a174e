import { afterEach, describe, expect, it } from "vitest";
import { ODDITIES } from "../../src/mock/faults/oddities.ts";
import { TOOL_FAULTS } from "../../src/mock/faults/tools.ts";
import { type Mock, startMock } from "../../src/mock/mock.ts";
import { ask } from "./client.ts";

const running: Mock[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((mock) => mock.close()));
});

const seen = new Set(["empty-answer", "escapes-in-error"]);

/** The stream that a fault makes of `one two three`: its text, and its JSON. */
async function chunks(fault: string) {
  seen.add(fault);
  const mock = await startMock({ steps: [fault], answer: "one two three" });
  running.push(mock);
  const body = { stream_options: { include_usage: true } };
  const { text } = await ask(mock, { stream: true, body });
  const data = text.split("\n\n").flatMap((frame) => (frame.startsWith("data: {") ? [frame.slice(6)] : []));
  return { text, data: data.map((json) => JSON.parse(json)) };
}

describe("good answers, oddly told", () => {
  it.each([
    ["U39 refusal", "refusal", /"refusal":"I cannot/],
    ["U82 finish-tools", "finish-tools", /"finish_reason":"tool_calls"/],
    ["U84 filtered", "filtered", /"finish_reason":"content_filter"/],
    ["U86 reasoning-only", "reasoning-only", /"reasoning_content".*"finish_reason":"length"/s],
    ["U87 other-model", "other-model", /"model":"another-model"/],
    ["U89 proto-keys", "proto-keys", /^data: \{"__proto__":\{"polluted":true\},/],
    ["U90 escapes", "escapes", /\\u001b\]52;/],
  ])("%s", async (_title, fault, expected) => {
    expect((await chunks(fault)).text).toMatch(expected);
  });

  it("U83 usage: none, null, negative, or with every message", async () => {
    expect((await chunks("no-usage")).text).not.toContain('"usage"');
    expect((await chunks("null-usage")).data.every(({ usage }) => usage === null)).toBe(true);
    expect((await chunks("negative-usage")).data[0].usage.prompt_tokens).toBe(-7);
    expect((await chunks("usage-twice")).data.map(({ usage }) => usage.completion_tokens)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it("U85, U88 choices: none at first, a second one, no index, nothing else", async () => {
    expect((await chunks("no-choices-first")).data[0].choices).toEqual([]);
    expect(
      (await chunks("more-choices")).data[1].choices.map(({ index }: { index: number }) => index),
    ).toEqual([1, 0]);
    expect((await chunks("no-index")).text).not.toContain('"index"');
    expect(Object.keys((await chunks("bare")).data[0])).toEqual(["choices", "created", "x-odd", "usage"]);
  });

  const calls = async (fault: string) =>
    (await chunks(fault)).data.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);

  it("U79-U82 tool calls: ids, pieces, indexes, arguments and stop reasons", async () => {
    expect((await calls("tool-calls")).map(({ id }) => id).filter(Boolean)).toEqual(["call_1", "call_2"]);
    expect((await calls("tool-no-ids")).every((call) => !("id" in call))).toBe(true);
    expect((await calls("tool-empty-ids")).map(({ id }) => id).filter((id) => id !== undefined)).toEqual([
      "",
      "",
    ]);
    expect((await calls("tool-same-ids")).map(({ id }) => id).filter(Boolean)).toEqual(["call_0", "call_0"]);
    expect((await calls("tool-split")).every((call) => call.function.arguments.length <= 1)).toBe(true);
    expect(new Set((await calls("tool-gaps")).map(({ index }) => index))).toEqual(new Set([2, 5]));
    expect((await calls("tool-no-arguments")).every((call) => call.function.arguments === "")).toBe(true);
    expect((await calls("tool-bad-arguments")).map((call) => call.function.arguments).join("")).toBe(
      '{"city":',
    );
    expect((await chunks("tool-stop")).text).toContain('"finish_reason":"stop"');
  });
});

it("every oddity is seen by one of these tests, or by those of the faults", () => {
  expect([...Object.keys(ODDITIES), ...Object.keys(TOOL_FAULTS)].filter((name) => !seen.has(name))).toEqual(
    [],
  );
});
