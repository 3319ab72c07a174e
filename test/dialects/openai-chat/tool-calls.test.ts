import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../../../src/core/chat.ts";
import { chunk, decodeStream, endOf, failureOf } from "./fixtures.ts";

function call(piece: object): object {
  return chunk({ tool_calls: [piece] });
}

/** Calls as a consumer puts them together. */
function collect(events: readonly ChatEvent[]) {
  const calls: { id: string; name: string; json: string }[] = [];
  for (const event of events) {
    if (event.type === "tool-call-start") calls[event.index] = { id: event.id, name: event.name, json: "" };
    const known = event.type === "tool-call-delta" ? calls[event.index] : undefined;
    if (known !== undefined && event.type === "tool-call-delta") known.json += event.json;
  }
  return calls;
}

test("U81 gaps in the indexes close, and pieces of interleaved calls find their call", () => {
  const events = decodeStream(
    call({ index: 3, id: "a", function: { name: "f", arguments: "" } }),
    call({ index: 7, id: "b", function: { name: "g", arguments: "{" } }),
    call({ index: 3, function: { arguments: '{"x"' } }),
    call({ index: 7, function: { arguments: "}" } }),
    call({ index: 3, function: { arguments: ":1}" } }),
    chunk({}, "tool_calls"),
  );
  expect(collect(events)).toEqual([
    { id: "a", name: "f", json: '{"x":1}' },
    { id: "b", name: "g", json: "{}" },
  ]);
});

test("U81 a name and id repeated in every piece are not doubled", () => {
  const piece = (json: string) => call({ index: 0, id: "a", function: { name: "f", arguments: json } });
  expect(collect(decodeStream(piece("{"), piece("}"), chunk({}, "tool_calls")))).toEqual([
    { id: "a", name: "f", json: "{}" },
  ]);
});

test("U79 missing, empty and duplicated ids become ids of their own", () => {
  const events = decodeStream(
    call({ index: 0, function: { name: "f", arguments: "1" } }),
    call({ index: 1, id: "", function: { name: "f", arguments: "2" } }),
    call({ index: 2, id: "same", function: { name: "f", arguments: "3" } }),
    call({ index: 3, id: "same", function: { name: "f", arguments: "4" } }),
    call({ index: 3, id: "same", function: { name: "f", arguments: "4" } }),
    chunk({}, "tool_calls"),
  );
  const calls = collect(events);
  expect(calls.map(({ json }) => json)).toEqual(["1", "2", "3", "44"]);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(4);
  expect(calls.map(({ id }) => id)).toEqual(["call_c1_0", "call_c1_1", "same", "call_c1_3"]);
});

test("parallel calls that all claim index 0 are told apart by id and name", () => {
  const whole = (id: string) => ({ index: 0, id, function: { name: "f", arguments: `"${id}"` } });
  const events = decodeStream(chunk({ tool_calls: [whole("a"), whole("b")] }), chunk({}, "tool_calls"));
  expect(collect(events).map(({ json }) => json)).toEqual(['"a"', '"b"']);
});

test("pieces without an index belong to the call of their id, or to the last", () => {
  const events = decodeStream(
    call({ id: "a", function: { name: "f", arguments: "1" } }),
    call({ id: "b", function: { name: "g", arguments: "2" } }),
    call({ id: "a", function: { arguments: "1" } }),
    call({ function: { arguments: "2" } }),
    chunk({}, "tool_calls"),
  );
  expect(collect(events).map(({ json }) => json)).toEqual(["11", "22"]);
});

test("arguments that come before the name wait for it", () => {
  const events = decodeStream(
    call({ index: 0, id: "a", function: { arguments: "{" } }),
    call({ index: 0, function: { name: "f", arguments: "}" } }),
    chunk({}, "tool_calls"),
  );
  expect(collect(events)).toEqual([{ id: "a", name: "f", json: "{}" }]);
});

test("a call that never gets a name is malformed", () => {
  expect(failureOf(decodeStream(call({ index: 0, id: "a" }), chunk({}, "tool_calls"))).message).toMatch(
    /name/,
  );
});

test("arguments sent as an object become text", () => {
  const events = decodeStream(
    call({ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } }),
    "[DONE]",
  );
  expect(collect(events)[0]?.json).toBe('{"x":1}');
});

test("U82 the reason agrees with what was sent", () => {
  const tool = call({ index: 0, id: "a", function: { name: "f", arguments: "{}" } });
  expect(endOf(decodeStream(tool, chunk({}, "stop"))).reason).toBe("tool_calls");
  expect(endOf(decodeStream(chunk({ content: "x" }, "tool_calls"))).reason).toBe("stop");
});

test("U80 arguments cut at any place come out whole", () => {
  const json = JSON.stringify({ text: 'a "quote", \\ and 😀\n' });
  fc.assert(
    fc.property(fc.array(fc.nat(json.length)), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), json.length];
      const pieces = at.slice(1).map((end, index) => json.slice(at[index], end));
      const events = decodeStream(
        call({ index: 0, id: "a", function: { name: "f", arguments: "" } }),
        ...pieces.map((piece) => call({ index: 0, function: { arguments: piece } })),
        chunk({}, "tool_calls"),
      );
      expect(collect(events)[0]?.json).toBe(json);
    }),
  );
});

test("a call that Google signed keeps its signature", () => {
  const extra_content = { google: { thought_signature: "c2ln" } };
  const events = decodeStream(
    call({ index: 0, id: "a", extra_content, function: { name: "f", arguments: "{}" } }),
    chunk({}, "tool_calls"),
  );
  expect(events).toContainEqual({
    type: "tool-call-start",
    index: 0,
    id: "a",
    name: "f",
    proof: { dialect: "gemini", data: "c2ln" },
  });
});
