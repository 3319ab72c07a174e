import type { StreamWatch } from "../../core/chat.ts";
import { watchEvents } from "../event-watch.ts";
import { createDecoder } from "./stream.ts";

/** Strings that differ from one piece of a block to the next. */
const HOLES = /"(?:text|thinking|partial_json)":\s*"(?<text>(?:[^"\\]|\\.)+)"/g;

/** Watches a stream of events whose bytes pass untouched. */
export function createWatch(): StreamWatch {
  return watchEvents(createDecoder(), HOLES);
}
