import type { StreamWatch } from "../../core/chat.ts";
import { watchEvents } from "../event-watch.ts";
import { createDecoder } from "./stream.ts";

/** What differs from one piece of an item to the next: content, padding, and the count of events. */
const HOLES = /"(?:delta|obfuscation)":\s*"((?:[^"\\]|\\.)+)"|"sequence_number":\s*(\d+)/g;

/** Watches a stream of events whose bytes pass untouched. */
export function createWatch(): StreamWatch {
  return watchEvents(createDecoder(), HOLES);
}
