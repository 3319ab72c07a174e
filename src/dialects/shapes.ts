import type { ChatEvent } from "../core/chat.ts";
import { type DeltaShape, learnShape } from "./delta-shape.ts";

/** Longest push in which shapes are looked for, in bytes: a regular expression runs out of stack in millions of escapes. */
const MAX_MATCHED = 1_048_576;

/** Most events that go by before another shape is learned, when shapes do not come again. */
const MAX_PATIENCE = 64;

/** The shape that events of a stream have at present. */
export interface Shapes {
  /** Where the event that begins at `at` ends, if it has the present shape; else -1. */
  match(text: string, at: number): number;
  /** Characters of content in the event matched last. */
  characters(): number;
  /** Whether the decoder has to hear the numbers of the event matched last. */
  hasNumbers(): boolean;
  /** Learns from a piece of content, as `learnShape` does; the less often, the less good that does. Tells whether it tried. */
  learn(raw: string, decode: (raw: string) => readonly ChatEvent[]): boolean;
}

/** Most shapes that are remembered of a dialect, and the longest event of which one is, in bytes: machine code is far longer. */
const MAX_KNOWN = 8;
const MAX_REMEMBERED = 4_096;

/** Shapes of the streams before, the newest first: a server writes all of its streams alike. */
const knownOf = new WeakMap<RegExp, readonly DeltaShape[]>();

/** Has no shape yet. `holes` as `learnShape` wants it. */
export function createShapes(holes: RegExp): Shapes {
  let shape: DeltaShape | undefined;
  let cameAgain = true;
  let patience = 0;
  let waiting = 0;
  const matchOf = (one: DeltaShape | undefined, text: string, at: number): number =>
    one === undefined || text.length > MAX_MATCHED ? -1 : one.match(text, at);
  return {
    match(text, at) {
      const end = matchOf(shape, text, at);
      if (end !== -1) {
        cameAgain = true;
        patience = 0;
      }
      return end;
    },
    characters: () => shape?.characters() ?? 0,
    hasNumbers: () => shape?.hasNumbers ?? false,
    learn(raw, decode) {
      if (waiting > 0) {
        waiting -= 1;
        return false;
      }
      if (!cameAgain) {
        patience = Math.min(MAX_PATIENCE, patience * 2 + 1);
        waiting = patience;
      }
      const known = knownOf.get(holes) ?? [];
      const old = known.find((one) => matchOf(one, raw, 0) === raw.length);
      shape = old?.isContent(decode) ? old : learnShape(raw, holes, decode);
      if (shape !== undefined && shape !== old && raw.length <= MAX_REMEMBERED)
        knownOf.set(holes, [shape, ...known].slice(0, MAX_KNOWN));
      cameAgain = false;
      return true;
    },
  };
}
