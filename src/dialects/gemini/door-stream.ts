import type { ChatEvent } from "../../core/chat.ts";
import type { AnswerIdentity, Framing, StreamEncoder } from "../dialect.ts";
import { errorBody } from "./door-failure.ts";
import { createPieces, pieceWriter } from "./door-pieces.ts";

/** How the objects of a stream follow each other: as server-sent events, or as one JSON array. */
interface Frame {
  /** `first`: nothing stands before it. */
  wrap(json: string, first: boolean): string;
  readonly end: string;
}

const EVENTS: Frame = { wrap: (json) => `data: ${json}\r\n\r\n`, end: "" };
const ARRAY: Frame = { wrap: (json, first) => `${first ? "[" : ",\r\n"}${json}`, end: "]\n" };

/** Writes an answer as pieces, of which the last says why it ended. There is no terminator but the end of the array. */
export function createEncoder(identity: AnswerIdentity, request: Framing): StreamEncoder {
  const frame = isArray(request) ? ARRAY : EVENTS;
  const pieceOf = createPieces(request);
  const encode = pieceWriter(identity);
  let begun = false;
  let untouched = false;
  const write = (json: string): string => {
    const first = !begun;
    begun = true;
    return frame.wrap(json, first);
  };
  return {
    push(event: ChatEvent) {
      if (event.type === "bytes") {
        untouched = true;
        return dataOf(event.bytes).map(write).join("");
      }
      // The backend's own end has passed with its bytes.
      if (untouched) return event.type === "response-end" ? frame.end : "";
      const piece = pieceOf(event);
      const text = piece === undefined ? "" : write(encode(piece));
      return event.type === "response-end" ? text + frame.end : text;
    },
    // An array that is not closed is no JSON, so that nobody takes it for whole.
    breakOff: (message, code) => write(encodeBroken(message, code)),
  };
}

/** Whether the client reads a stream as one JSON array. */
export function isArray({ forAnswer }: Framing): boolean {
  return forAnswer?.["array"] === true;
}

/** What stands last in a stream of events that broke off: without a reason to finish. */
export function encodeStreamFailure(message: string, code?: string): string {
  return EVENTS.wrap(encodeBroken(message, code), false);
}

function encodeBroken(message: string, code = "stream_truncated"): string {
  return JSON.stringify(errorBody({ status: 503, code, message }));
}

/** The data of whole events, each of which is one object. */
function dataOf(bytes: Uint8Array): readonly string[] {
  const all: string[] = [];
  let data: string[] = [];
  for (const line of new TextDecoder().decode(bytes).split(/\r\n|\n|\r/)) {
    if (line.startsWith("data:")) data.push(line.slice("data:".length).trimStart());
    if (line !== "" || data.length === 0) continue;
    all.push(data.join("\n"));
    data = [];
  }
  return data.length === 0 ? all : [...all, data.join("\n")];
}
