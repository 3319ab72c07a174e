import type { ChatEvent } from "../core/chat.ts";

/** Most times that the same piece of text may come in a row. */
const MAX_SAME = 1_000;

/** Passes events on until a model that is caught in a loop repeats one piece of text too often, which is a failure. */
export async function* endRunaway(events: AsyncIterable<ChatEvent>): AsyncGenerator<ChatEvent> {
  let last = "";
  let times = 0;
  for await (const event of events) {
    if (event.type === "text-delta" || event.type === "reasoning-delta") {
      times = event.text === last ? times + 1 : 1;
      last = event.text;
    }
    if (times === MAX_SAME) {
      const message = `runaway stream: the same piece of text ${MAX_SAME} times in a row`;
      yield { type: "failure", failure: { class: "malformed", message } };
      return;
    }
    yield event;
  }
}
