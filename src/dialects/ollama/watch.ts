import type { StreamWatch } from "../../core/chat.ts";
import { watchLines } from "../line-watch.ts";
import { createDecoder } from "./stream.ts";

/** Watches a stream of lines whose bytes pass untouched. */
export function createWatch(): StreamWatch {
  return watchLines(createDecoder());
}
