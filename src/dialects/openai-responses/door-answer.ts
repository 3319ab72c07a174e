import type { ChatEvent } from "../../core/chat.ts";
import type { AnswerIdentity, Framing } from "../dialect.ts";
import { callNames } from "./call-names.ts";
import { createOutput } from "./door-output.ts";
import { endedResponse, responseHead } from "./door-response.ts";

/** Writes a whole answer as a `response`. */
export function encodeAnswer(
  events: readonly ChatEvent[],
  identity: AnswerIdentity,
  request: Framing,
): string {
  const output = createOutput(identity.id, callNames(request.forAnswer?.["tools"]), SILENT);
  for (const event of events) output.push(event);
  const last = events.findLast((event) => event.type === "response-end") ?? { reason: "stop" };
  const items = output.close(last.reason !== "length");
  return JSON.stringify(endedResponse(responseHead(identity, request), items, last));
}

/** Of a whole answer nothing is told but its end. */
const SILENT = { tell: () => {}, pieces: () => () => {} };
