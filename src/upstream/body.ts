import { type Failure, malformed } from "../core/failure.ts";
import type { ReadBody } from "./exchange.ts";

const MIB = 1_048_576;

/** Most bytes read of an answer. */
export const MAX_ANSWER = 64 * MIB;
/** Most bytes read of what is not an answer: lists of models, health. */
export const MAX_SMALL = 4 * MIB;
/** Most bytes read of an error. */
export const MAX_ERROR = 65_536;

/** There is more than is read. */
export function tooLarge(maxBytes: number): Failure {
  return malformed(`the answer is larger than ${maxBytes / MIB} MiB`);
}

/** A small body as text, once it is read; bytes that are not UTF-8 become U+FFFD. */
export interface SmallBody {
  readonly read: ReadBody;
  /** Whether there was more than the limit, which is left out. */
  isCut(): boolean;
  text(): string;
}

/** Reads at most `maxBytes` of a body. */
export function createSmallBody(maxBytes: number): SmallBody {
  const pieces: Uint8Array[] = [];
  let size = 0;
  return {
    read(bytes) {
      size += bytes.length;
      pieces.push(bytes);
      return size > maxBytes ? "stop" : "more";
    },
    isCut: () => size > maxBytes,
    text: () => new TextDecoder().decode(Buffer.concat(pieces).subarray(0, maxBytes)),
  };
}
