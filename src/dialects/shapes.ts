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

/** Knows no shape yet. `holes` as `learnShape` wants it. */
export function createShapes(holes: RegExp): Shapes {
  let shape: DeltaShape | undefined;
  let cameAgain = true;
  let patience = 0;
  let waiting = 0;
  return {
    match(text, at) {
      const end = shape === undefined || text.length > MAX_MATCHED ? -1 : shape.match(text, at);
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
      shape = learnShape(raw, holes, decode);
      cameAgain = false;
      return true;
    },
  };
}
