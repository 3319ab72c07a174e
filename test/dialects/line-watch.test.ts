import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWatch } from "../../src/dialects/ollama/watch.ts";

const said = (content: string) =>
  JSON.stringify({ model: "m", message: { role: "assistant", content }, done: false });
const DONE = JSON.stringify({
  model: "m",
  done: true,
  done_reason: "stop",
  prompt_eval_count: 3,
  eval_count: 2,
});
const bytesOf = (text: string) => new TextEncoder().encode(text);

function watched(...pieces: readonly string[]) {
  const watch = createWatch();
  const verdicts = pieces.map((piece) => watch.push(bytesOf(piece)));
  return { watch, last: verdicts.at(-1) };
}

describe("a watched stream of lines", () => {
  test("passes whole lines only, blank ones too, and counts what is said", () => {
    const line = `${said("héllo")}\n`;
    const { last } = watched("\n", line, said("x").slice(0, 9));
    expect(last).toMatchObject({
      pass: 1 + bytesOf(line).length,
      content: true,
      characters: 5,
      state: "open",
    });
  });

  test("is complete with the line that says done, whatever follows", () => {
    const { last } = watched(`${said("a")}\n${DONE}\nrubbish`);
    expect(last).toMatchObject({
      pass: bytesOf(`${said("a")}\n${DONE}\n`).length,
      state: "closed",
      reason: "stop",
      usage: { input: 3, output: 2 },
    });
  });

  test("may lack the end of its last line", () => {
    const { watch } = watched(`${said("a")}\n${DONE}`);
    expect(watch.end()).toMatchObject({
      pass: bytesOf(`${said("a")}\n${DONE}`).length,
      state: "closed",
      failure: undefined,
    });
  });

  test.each([
    ["an error", '{"error":"out of memory"}', "out of memory"],
    ["what is no JSON", "{bro", "not JSON"],
  ])("U8 %s ends it, and does not pass", (_, line, message) => {
    const { last } = watched(`${said("a")}\n${line}\n`);
    expect(last).toMatchObject({
      pass: bytesOf(`${said("a")}\n`).length,
      state: "closed",
      failure: { message: expect.stringContaining(message) },
    });
  });

  test("U9 that only ends was cut", () => {
    const { watch } = watched(`${said("a")}\n${said("b").slice(0, 20)}`);
    expect(watch.end()).toMatchObject({
      pass: bytesOf(`${said("a")}\n`).length,
      failure: { class: "malformed" },
    });
  });

  test("U20 with a line that never ends is cut off", () => {
    const { last } = watched("x".repeat(8 * 1_048_576 + 1));
    expect(last).toMatchObject({ pass: 0, state: "closed", failure: { class: "malformed" } });
  });

  test("counts the names and arguments of calls", () => {
    const calls = [{ function: { name: "four", arguments: { a: 1 } } }];
    const { last } = watched(`${JSON.stringify({ message: { content: "", tool_calls: calls } })}\n`);
    expect(last).toMatchObject({ content: true, characters: 4 + '{"a":1}'.length });
  });

  test("U44 however it is split and whatever it says, passes and counts the same", () => {
    const line = (content: string, at: number) =>
      JSON.stringify({
        model: "m",
        created_at: `2026-11-21T12:00:0${at % 10}Z`,
        message: { role: "assistant", content },
      });
    const texts = fc.array(
      fc.oneof(fc.constantFrom('"content":"x"', "世界 😀", "\\", "\n"), fc.string({ maxLength: 9 })),
    );
    fc.assert(
      fc.property(texts, fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 8 }), (contents, sizes) => {
        const bytes = bytesOf(`${[...contents.map(line), DONE].join("\n")}\n`);
        const watch = createWatch();
        let at = 0;
        for (const size of sizes) {
          watch.push(bytes.subarray(at, at + size));
          at = Math.min(bytes.length, at + size);
        }
        watch.push(bytes.subarray(at));
        const said = contents.join("") !== "";
        expect(watch.end()).toMatchObject({
          state: "closed",
          content: said,
          ...(said ? { pass: bytes.length, failure: undefined, usage: { input: 3, output: 2 } } : {}),
        });
      }),
    );
  });

  test("of one shape is not parsed line by line", () => {
    const parse = JSON.parse;
    const lines = Array.from({ length: 500 }, (_, at) => said(`word ${at} `)).join("\n");
    let parsed = 0;
    JSON.parse = (json: string) => {
      parsed += 1;
      return parse(json);
    };
    try {
      expect(watched(`${lines}\n`).last).toMatchObject({ state: "open", content: true });
    } finally {
      JSON.parse = parse;
    }
    expect(parsed).toBeLessThan(10);
  });
});
