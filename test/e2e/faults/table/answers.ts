import type { Row } from "../row.ts";

const HELLO = { phase: "good", text: "Hello there." } as const;
const EMPTY = { phase: "pre", chain: "failed (empty response)", exit: 5 } as const;

/** What the body says under a status that promises an answer, and how it is written down. */
export const ANSWERS: readonly Row[] = [
  {
    id: "U20",
    fault: "the same piece of content for ever",
    peer: "endless-stream",
    ends: {
      phase: "post",
      chain: "failed (runaway stream: the same piece of text 1000 times in a row)",
      text: /^(again ){999}\n$/,
    },
  },
  {
    id: "U20",
    fault: "new content for ever",
    peer: "endless-text:size=500000",
    ends: { phase: "post", chain: "failed (the answer is larger than 64 MiB)", text: /^1 x+/ },
  },
  {
    id: "U34",
    fault: "an overload told under status 200",
    peer: "error-in-200",
    stream: false,
    ends: { phase: "pre", chain: /^failed \(500 .+\)$/, exit: 5 },
  },
  {
    id: "U34",
    fault: "a rate limit told under status 200",
    peer: "error-in-200:error=429",
    ends: { phase: "pre", chain: "rate limited", exit: 5 },
  },
  {
    id: "U34",
    fault: "a refused key told under status 200",
    peer: "error-in-200:error=401",
    ends: { phase: "pre", chain: "auth failed", exit: 4 },
  },
  { id: "U35", fault: "an answer called text/plain", peer: "text-plain", stream: false, ends: HELLO },
  {
    id: "U35",
    fault: "a stream called application/json",
    peer: "text-plain:type=application/json",
    ends: HELLO,
  },
  { id: "U36", fault: "one JSON body where a stream was asked for", peer: "json-for-stream", ends: HELLO },
  {
    id: "U37",
    fault: "a stream where one JSON body was asked for",
    peer: "sse-for-json",
    stream: false,
    ends: HELLO,
  },
  { id: "U38", fault: "a stream of nothing but [DONE]", peer: "empty-stream", ends: EMPTY },
  { id: "U39", fault: "a complete stream without content", peer: "empty-answer", ends: EMPTY },
  { id: "U39", fault: "a complete answer without content", peer: "empty-answer", stream: false, ends: EMPTY },
  {
    id: "U39",
    fault: "nothing said because of the content filter",
    peer: "empty-answer:finish=content_filter",
    ends: { phase: "good", text: "" },
  },
  {
    id: "U39",
    fault: "a refusal instead of an answer",
    peer: "refusal",
    ends: { phase: "good", text: "I cannot help with that." },
  },
  {
    id: "U40",
    fault: "an error as the first message of the stream",
    peer: "error-in-stream:error=529",
    ends: { phase: "pre", chain: "failed (503 Overloaded)", exit: 5 },
  },
  {
    id: "U41",
    fault: "an error after content, then [DONE]",
    peer: "error-in-stream-after:error=529",
    ends: { phase: "post", chain: "failed (503 Overloaded)", text: "Hello " },
  },
  ...[
    ["U61", "401", "a refused key", "auth failed"],
    ["U60", "400-policy", "the content policy", "failed (content policy)"],
    ["U68", "429", "a rate limit", "rate limited"],
    [
      "U74",
      "500",
      "an error of the server",
      "failed (500 The server had an error while processing your request.)",
    ],
  ].map(
    ([id = "", error = "", what = "", chain = ""]): Row => ({
      id: `U41 ${id}`,
      fault: `${what}, told after content`,
      peer: `error-in-stream-after:error=${error}`,
      ends: { phase: "post", chain, text: "Hello " },
    }),
  ),
  { id: "U42", fault: "a stop reason, but no [DONE]", peer: "no-done", ends: HELLO },
  {
    id: "U43",
    fault: "[DONE] after content, without a stop reason",
    peer: "done-only-after",
    ends: {
      phase: "post",
      chain: "failed (the stream broke off before the answer was complete)",
      text: "Hello ",
    },
  },
  {
    id: "U44",
    fault: "a first message that is no JSON",
    peer: "malformed",
    ends: { phase: "pre", chain: "failed (a piece of the stream is not JSON)", exit: 5 },
  },
  {
    id: "U44",
    fault: "a message that is no JSON, after content",
    peer: "malformed-after",
    ends: { phase: "post", chain: "failed (a piece of the stream is not JSON)", text: "Hello " },
  },
  {
    id: "U44",
    fault: "an unstreamed answer that is broken JSON",
    peer: "malformed",
    stream: false,
    ends: { phase: "pre", chain: "failed (the answer is not whole JSON)", exit: 5 },
  },
  {
    id: "U45",
    fault: "characters split over many writes",
    peer: "split-utf8",
    answer: "Grüße, 世界 👩‍👩‍👧 done",
    ends: { phase: "good", text: "Grüße, 世界 👩‍👩‍👧 done" },
  },
  {
    id: "U46",
    fault: "a byte that is not UTF-8",
    peer: "invalid-utf8",
    ends: { phase: "good", text: "Hello there. \u{FFFD}" },
  },
  ...[
    ["crlf", "CR LF line ends"],
    ["cr", "CR line ends"],
    ["mixed-ends", "every kind of line end, CR LF also split in two"],
    ["bom", "a byte order mark"],
    ["comments", "comments between the messages"],
  ].map(
    ([peer = "", fault = ""]): Row => ({ id: "U47", fault: `a stream with ${fault}`, peer, ends: HELLO }),
  ),
  {
    id: "U48",
    fault: "a stream with odd fields: data on two lines, no space, unknown and empty ones",
    peer: "odd-fields",
    ends: HELLO,
  },
  {
    id: "U49",
    fault: "lines of JSON, as Ollama's own API sends them",
    peer: "ndjson",
    ends: {
      phase: "pre",
      chain: "failed (lines of JSON where one answer was expected (does the backend's url lack /v1?))",
      exit: 5,
    },
  },
];
