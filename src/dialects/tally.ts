import { type ChatEvent, type ContentEvent, isContent, type StopReason, type Verdict } from "../core/chat.ts";
import type { Failure } from "../core/failure.ts";
import type { Usage } from "../core/usage.ts";
import type { StreamDecoder } from "./dialect.ts";

/** What a watched stream has come to so far, however it is framed. */
export interface Tally {
  /** Takes down what one event or line means. Content counts only where it may pass: not beside a failure. */
  account(events: readonly ChatEvent[]): void;
  /** Takes down content that was known by its shape, in characters. */
  count(characters: number): void;
  hasFailed(): boolean;
  /** Nothing may follow. */
  isClosed(): boolean;
  /** `pass`: bytes from the beginning that may go on to the client. */
  verdict(pass: number): Verdict;
}

/** Nothing has come yet. */
export function createTally(decoder: Pick<StreamDecoder, "state">): Tally {
  let content = false;
  let characters = 0;
  let failure: Failure | undefined;
  let reason: StopReason | undefined;
  let usage: Usage | undefined;
  return {
    account(events) {
      const last = events.at(-1);
      if (last?.type === "failure") {
        ({ failure, usage } = last);
        return;
      }
      if (last?.type === "response-end") ({ reason, usage } = last);
      for (const event of events) {
        if (!isContent(event)) continue;
        content = true;
        characters += lengthOf(event);
      }
    },
    count(more) {
      characters += more;
    },
    hasFailed: () => failure !== undefined,
    isClosed: () => failure !== undefined || decoder.state() === "closed",
    verdict(pass) {
      const state = failure === undefined ? decoder.state() : "closed";
      return { pass, content, characters, state, failure, reason, usage };
    },
  };
}

function lengthOf(event: ContentEvent): number {
  switch (event.type) {
    case "tool-call-start":
      return event.name.length;
    case "tool-call-delta":
      return event.json.length;
    default:
      return event.text.length;
  }
}
