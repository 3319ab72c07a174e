import type { StreamWatch } from "../../core/chat.ts";
import { watchEvents } from "../event-watch.ts";
import { createDecoder } from "./stream.ts";

/** What differs from one piece of an item to the next: content, padding, and the count of events. From item to item: its id. */
const HOLES =
  /"(?:delta|obfuscation)":\s*"(?<text>(?:[^"\\]|\\.)+)"|"sequence_number":\s*(?<count>\d+)|"item_id":\s*"(?<id>[^"\\]+)"/g;

/** Watches a stream of events whose bytes pass untouched. */
export function createWatch(): StreamWatch {
  return watchEvents(createDecoder(), HOLES);
}
