import { createParser } from "eventsource-parser";
import { expect } from "vitest";
import { type ChatEvent, isContent, type StreamWatch } from "../../src/core/chat.ts";
import type { StreamDecoder, WireEvent } from "../../src/dialects/dialect.ts";

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Makes the check that watch and decoder of a dialect agree on these bytes, split like this; `lines`: framed as lines. */
export function watchAgreement(
  createDecoder: () => StreamDecoder,
  createWatch: () => StreamWatch,
  lines = false,
): (bytes: Uint8Array, sizes: Iterable<number>) => void {
  /** What the decoder makes of each event of these bytes, framed as towards a backend, up to the first failure. */
  function decoded(bytes: Uint8Array) {
    const decoder = createDecoder();
    const events: ChatEvent[][] = [];
    const take = (event: WireEvent) => {
      if (decoder.state() !== "closed") events.push([...decoder.push(event)]);
    };
    let stray = false;
    const parser = lines
      ? lineParser((data) => take({ data }))
      : createParser({
          onError: ({ type }) => {
            stray ||= type === "unknown-field";
          },
          onEvent: ({ event, data }) => take(event === undefined ? { data } : { event, data }),
        });
    parser.feed(new TextDecoder().decode(bytes));
    parser.feed("\n");
    const noStream = { class: "malformed", message: "neither JSON nor an event stream" } as const;
    const end = (): readonly ChatEvent[] =>
      stray && events.length === 0 ? [{ type: "failure", failure: noStream }] : decoder.end();
    return { events, end };
  }

  /** The verdict at the end of bytes that come in pieces of these sizes, checked on the way. */
  function watched(bytes: Uint8Array, sizes: Iterable<number>) {
    const watch = createWatch();
    let [at, pass, content] = [0, 0, false];
    let forward = true;
    for (const size of [...sizes, bytes.length]) {
      const verdict = watch.push(bytes.subarray(at, at + size));
      at = Math.min(bytes.length, at + size);
      forward &&= verdict.pass >= pass && verdict.pass <= at && (verdict.content || !content);
      ({ pass, content } = verdict);
    }
    expect(forward).toBe(true);
    return watch.end();
  }

  return (bytes, sizes) => {
    const { events, end } = decoded(bytes);
    const broken = events.at(-1)?.at(-1)?.type === "failure";
    const last = broken ? events.at(-1)?.at(-1) : [...events.flat(), ...end()].at(-1);
    const verdict = watched(bytes, sizes);
    expect(verdict.state).toBe("closed");
    expect(verdict.failure).toEqual(last?.type === "failure" ? last.failure : undefined);
    expect(verdict.reason).toBe(last?.type === "response-end" ? last.reason : undefined);
    expect(verdict.usage).toEqual(last !== undefined && "usage" in last ? last.usage : undefined);
    const good = broken ? events.slice(0, -1) : events;
    expect(verdict.content).toBe(good.flat().some(isContent));
    expect(verdict.characters > 0).toBe(verdict.content);
    expect(decoded(bytes.subarray(0, verdict.pass)).events).toEqual(good);
  };
}

function lineParser(take: (line: string) => void): { feed(text: string): void } {
  let begun = "";
  return {
    feed(text) {
      const [first = "", ...more] = text.split("\n");
      begun += first;
      for (const next of more) {
        if (begun.trim() !== "") take(begun.trim());
        begun = next;
      }
    },
  };
}
