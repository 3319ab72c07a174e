import type { Readable } from "node:stream";
import type { Clock } from "../core/clock.ts";
import { FailureSignal } from "../core/failure.ts";

const MIB = 1_048_576;

/** Most bytes read of an answer. */
export const MAX_ANSWER = 64 * MIB;
/** Most bytes read of what is not an answer: lists of models, health. */
export const MAX_SMALL = 4 * MIB;
/** Most bytes read of an error, and the most milliseconds spent on it. */
const MAX_ERROR = 65_536;
const ERROR_BODY_MS = 5_000;

/**
 * The bytes of a body as they are asked for, so that a slow reader slows the backend. Throws what the transport throws, and
 * a `FailureSignal` once there are more than `maxBytes`.
 */
export async function* bytesOf(body: Readable, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("the body gave something other than bytes");
    size += chunk.length;
    if (size > maxBytes) throw new FailureSignal(tooLarge(maxBytes));
    yield chunk;
  }
}

function tooLarge(maxBytes: number) {
  return { class: "malformed", message: `the answer is larger than ${maxBytes / MIB} MiB` } as const;
}

/** All of it. */
export async function readBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const [only] = all;
  return only !== undefined && all.length === 1 ? only : Buffer.concat(all);
}

/** All of it as text; bytes that are not UTF-8 become U+FFFD. */
export async function readText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** As much of an error's body as came within the limits; how it ended does not matter. */
export async function readErrorBody(body: Readable, clock: Clock): Promise<string> {
  const decoder = new TextDecoder();
  const cancel = clock.after(ERROR_BODY_MS, () => body.destroy());
  let text = "";
  try {
    for await (const chunk of bytesOf(body, Number.POSITIVE_INFINITY)) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= MAX_ERROR) break;
    }
  } catch {
    // What was read has to do.
  } finally {
    cancel();
  }
  return text.slice(0, MAX_ERROR);
}

/** Milliseconds the rest of a complete answer may take to arrive, so that its connection can be used again. */
const REST_MS = 1_000;

/** Lets go of a body. `complete`: only the end of the transport is still to come, and its connection is worth keeping. */
export function release(body: Readable, complete: boolean, clock: Clock): void {
  if (body.closed || !complete) {
    body.destroy();
    return;
  }
  const cancel = clock.after(REST_MS, () => body.destroy());
  body.once("close", cancel);
  body.resume();
}
