import { isObject } from "../../core/json.ts";
import type { MockToolCall } from "../answer.ts";
import type { Fault } from "./fault.ts";
import { reshaped } from "./oddities.ts";

/** What the tool calls of these faults ask for; the text needs escapes and a surrogate pair. */
const CALLS: readonly Required<MockToolCall>[] = [
  { id: "call_1", name: "weather", arguments: '{"city":"Z\\u00fcrich \u{1F327}","days":1}' },
  { id: "call_2", name: "clock", arguments: '{"zone":"UTC"}' },
];

type Piece = Readonly<Record<string, unknown>>;

/** Two tool calls, oddly told. */
export const TOOL_FAULTS = {
  "tool-calls": told("tool calls, as they should be", (piece) => [piece]),
  "tool-no-ids": told("tool calls without ids", ({ id: _, ...piece }) => [piece]),
  "tool-empty-ids": told("tool calls with empty ids", (piece) => [
    "id" in piece ? { ...piece, id: "" } : piece,
  ]),
  "tool-same-ids": told("tool calls that share one id", (piece) => [
    "id" in piece ? { ...piece, id: "call_0" } : piece,
  ]),
  "tool-split": told("tool calls whose arguments come one character at a time", (piece) => {
    const { function: said, ...rest } = piece;
    const text = isObject(said) && "index" in piece ? said["arguments"] : "";
    // By code units: a surrogate pair is torn in two, as JSON may.
    if (typeof text !== "string" || text === "") return [piece];
    return text.split("").map((unit) => ({ ...rest, function: { arguments: unit } }));
  }),
  "tool-gaps": told("tool calls with gaps in their indexes, the name repeated with every piece", (piece) => {
    const index = Number(piece["index"] ?? 0);
    const said = isObject(piece["function"]) ? piece["function"] : {};
    return [{ ...piece, index: index * 3 + 2, function: { name: CALLS[index]?.name, ...said } }];
  }),
  "tool-no-arguments": told("tool calls with empty arguments", (piece) => {
    const said = isObject(piece["function"]) ? piece["function"] : {};
    return [{ ...piece, function: { ...said, arguments: "" } }];
  }),
  "tool-bad-arguments": told("tool calls whose arguments are no JSON", (piece) => [piece], [
    { id: "call_1", name: "weather", arguments: '{"city":' },
  ]),
  "tool-stop": told("tool calls with the stop reason of a plain answer", (piece) => [piece], CALLS, "stop"),
} satisfies Readonly<Record<string, Fault>>;

function told(
  meaning: string,
  change: (piece: Piece) => readonly object[],
  toolCalls = CALLS,
  finishReason = "tool_calls",
): Fault {
  const inChoice = (choice: unknown): unknown => {
    if (!isObject(choice)) return choice;
    const part = "delta" in choice ? "delta" : "message";
    const said = choice[part];
    if (!isObject(said) || !Array.isArray(said["tool_calls"])) return choice;
    return {
      ...choice,
      [part]: { ...said, tool_calls: said["tool_calls"].filter(isObject).flatMap(change) },
    };
  };
  return reshaped(
    meaning,
    (body) => [
      { ...body, choices: Array.isArray(body["choices"]) ? body["choices"].map(inChoice) : body["choices"] },
    ],
    { text: "", pieces: [], toolCalls, finishReason },
  );
}
