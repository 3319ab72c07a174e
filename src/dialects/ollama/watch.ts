import type { StreamWatch } from "../../core/chat.ts";
import { watchLines } from "../line-watch.ts";
import { createDecoder } from "./stream.ts";

/** Strings that differ from one line to the next. */
const HOLES = /"(?:content|response|thinking|created_at)":\s*"(?<text>(?:[^"\\]|\\.)+)"/g;

/** Watches a stream of lines whose bytes pass untouched. */
export function createWatch(): StreamWatch {
  return watchLines(createDecoder(), HOLES);
}
