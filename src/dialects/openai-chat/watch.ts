import type { StreamWatch } from "../../core/chat.ts";
import { watchEvents } from "../event-watch.ts";
import { createDecoder } from "./stream.ts";

/** Strings that differ from event to event: content, and the padding of OpenAI (`obfuscation`) and Mistral (`p`). */
export const HOLES =
  /"(?:content|reasoning_content|reasoning|refusal|arguments|obfuscation|p)":\s*"((?:[^"\\]|\\.)+)"/g;

/** Watches a stream of chunks whose bytes pass untouched. */
export function createWatch(): StreamWatch {
  return watchEvents(createDecoder(), HOLES);
}
