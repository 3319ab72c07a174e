import type { ChatEvent } from "../../core/chat.ts";
import type { AnswerIdentity, Framing } from "../dialect.ts";
import { createPieces, pieceWriter } from "./door-pieces.ts";

/** Writes a whole answer: all that the pieces of a stream say in one. */
export function encodeAnswer(
  events: readonly ChatEvent[],
  identity: AnswerIdentity,
  request: Framing,
): string {
  const pieceOf = createPieces(request);
  const pieces = joined(events).flatMap((event) => pieceOf(event) ?? []);
  const parts = pieces.flatMap((piece) => piece.parts);
  const said = parts.filter(({ text, thoughtSignature }) => text !== "" || thoughtSignature !== undefined);
  return pieceWriter(identity)({ ...pieces.at(-1), parts: said.length > 0 ? said : parts.slice(-1) });
}

/** Texts that follow each other are one part. */
function joined(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const all: ChatEvent[] = [];
  for (const event of events) {
    const last = all.at(-1);
    if (event.type === "text-delta" && last?.type === "text-delta")
      all[all.length - 1] = { ...event, text: last.text + event.text };
    else if (event.type === "reasoning-delta" && last?.type === "reasoning-delta")
      all[all.length - 1] = { ...event, text: last.text + event.text };
    else all.push(event);
  }
  return all;
}
