import type { Row } from "../row.ts";

const HELLO = { phase: "good", text: "Hello there." } as const;
const SILENT = { first_content_ms: 1_500 };

const WEATHER = { name: "weather", arguments: '{"city":"Z\\u00fcrich \u{1F327}","days":1}' };
const CLOCK = { name: "clock", arguments: '{"zone":"UTC"}' };

/** A tool call as `nexus chat` prints it. */
function printed(id: string, call: { name: string; arguments: string }): string {
  return JSON.stringify({ tool_call: { id, ...call } });
}

function tools(
  id: string,
  peer: string,
  fault: string,
  ids: readonly string[],
  calls = [WEATHER, CLOCK],
): Row {
  const text = calls.map((call, at) => printed(ids[at] ?? "", call)).join("\n");
  return { id, fault, peer, ends: { phase: "good", text } };
}

const IDS = ["call_1", "call_2"];
const MADE = ["call_chatcmpl-mock-1_0", "call_chatcmpl-mock-1_1"];
const NO_ARGUMENTS = [WEATHER, CLOCK].map((call) => ({ ...call, arguments: "" }));

/** Counts that are missing or make no sense are estimated, and marked. */
const ESTIMATED = /· ~\d+ in, ~\d+ out ·/;

function usage(peer: string, fault: string, says: RegExp): Row {
  return { id: "U83", fault, peer, ends: { ...HELLO, says } };
}

/** Good answers, oddly told; error texts that do harm; requests that are not read. */
export const ODDITIES: readonly Row[] = [
  tools("U79", "tool-no-ids", "tool calls without ids", MADE),
  tools("U79", "tool-empty-ids", "tool calls with empty ids", MADE),
  tools("U79", "tool-same-ids", "tool calls that share one id", ["call_0", "call_chatcmpl-mock-1_1"]),
  tools("U80", "tool-split", "arguments of tool calls one character at a time", IDS),
  tools("U80", "tool-no-arguments", "tool calls with empty arguments", IDS, NO_ARGUMENTS),
  tools(
    "U80",
    "tool-bad-arguments",
    "arguments that are no JSON",
    ["call_1"],
    [{ name: "weather", arguments: '{"city":' }],
  ),
  tools("U81", "tool-gaps", "tool calls with gaps in their indexes, names repeated", IDS),
  tools("U82", "tool-stop", "tool calls with the stop reason of a plain answer", IDS),
  { id: "U82", fault: "a stop for tool calls of which there are none", peer: "finish-tools", ends: HELLO },
  usage("ok", "usage in a late message without choices", /· 2 in, 3 out ·/),
  usage("no-usage", "no usage", ESTIMATED),
  usage("null-usage", "usage null", ESTIMATED),
  usage("negative-usage", "negative usage", ESTIMATED),
  usage("usage-twice", "usage with every message, growing", /7 in, \d out/),
  {
    id: "U84",
    fault: "the content filter stops the answer in the middle",
    peer: "filtered",
    ends: { phase: "good", text: "Hello " },
  },
  { id: "U85", fault: "a first message without choices", peer: "no-choices-first", ends: HELLO },
  { id: "U85", fault: "a second choice, out of order", peer: "more-choices", ends: HELLO },
  { id: "U85", fault: "choices without an index", peer: "no-index", ends: HELLO },
  { id: "U86", fault: "reasoning, and no answer", peer: "reasoning-only", ends: { phase: "good", text: "" } },
  { id: "U87", fault: "another model's name in the answer", peer: "other-model", ends: HELLO },
  {
    id: "U88",
    fault: "no id, no model, unknown fields, numbers as texts",
    peer: "bare",
    ends: { ...HELLO, says: /7 in, 3 out/ },
  },
  { id: "U89", fault: "keys that stand twice, and __proto__", peer: "proto-keys", ends: HELLO },
  {
    id: "U89",
    fault: "the same in an unstreamed answer",
    peer: "proto-keys",
    stream: false,
    ends: HELLO,
  },
  {
    id: "U90",
    fault: "terminal escapes in the answer, into a pipe",
    peer: "escapes",
    ends: {
      phase: "good",
      text: "Hello there.\u{1b}]52;c;aGk=\u{7}\u{1b}]0;title\u{7}\u{1b}[31mred\u{1b}[2J\u{9b}6n",
    },
  },
  {
    id: "U90",
    fault: "terminal escapes in an error message",
    peer: "escapes-in-error",
    ends: { phase: "pre", chain: /^failed \(500 Out of [\x20-\x7e]+ memory\)$/, exit: 5 },
  },
  {
    id: "U91",
    fault: "an error message of 10 MB",
    peer: "huge-error",
    ends: { phase: "pre", chain: /^failed \(500 .{100,200}\)$/, exit: 5 },
  },
  {
    id: "U92",
    fault: "a request that is never read",
    peer: "never-reads",
    promptMb: 8,
    timeouts: SILENT,
    ends: { phase: "pre", chain: "timeout", exit: 5 },
  },
  {
    id: "U93",
    fault: "413 before the request was read",
    peer: "early-413",
    promptMb: 8,
    ends: { phase: "pre", chain: /^failed \(context length: .+\)$/, exit: 6 },
  },
  {
    id: "U93",
    fault: "401 before the request was read",
    peer: "early-401",
    promptMb: 8,
    ends: { phase: "pre", chain: "auth failed", exit: 4 },
  },
];
