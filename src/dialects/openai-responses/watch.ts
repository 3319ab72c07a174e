import type { StreamWatch } from "../../core/chat.ts";
import { watchEvents } from "../event-watch.ts";
import { createDecoder } from "./stream.ts";

/** Watches a stream of events whose bytes pass untouched. */
export function createWatch(): StreamWatch {
  return watchEvents(createDecoder());
}
