import type { StreamWatch } from "../../core/chat.ts";
import { watchEvents } from "../event-watch.ts";
import { createDecoder } from "./stream.ts";

/**
 * What differs from event to event: content, and the padding of OpenAI (`obfuscation`) and Mistral (`p`). What differs from stream to
 * stream: when it began, and its id where that stands first, for an id within a call means something.
 */
export const HOLES =
  /"(?:content|reasoning_content|reasoning|refusal|arguments|obfuscation|p)":\s*"(?<text>(?:[^"\\]|\\.)+)"|(?<=^data:\s*\{)"id":\s*"(?<id>[^"\\]+)"|"created":\s*(?<time>\d+)/g;

/** Watches a stream of chunks whose bytes pass untouched. */
export function createWatch(): StreamWatch {
  return watchEvents(createDecoder(), HOLES);
}
