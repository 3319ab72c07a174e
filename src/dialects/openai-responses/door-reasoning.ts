import type { Slot } from "./output-slot.ts";

/** Reasoning that has begun. */
export interface OpenReasoning {
  add(delta: string): void;
  /** What proves it, as it is to stand in the item. */
  prove(sealed: string): void;
  done(): void;
}

/** Begins a piece of reasoning. */
export function openReasoning({ id, tell, pieces, begin, finish }: Slot): OpenReasoning {
  const at = { summary_index: 0 };
  let text = "";
  let sealed: string | undefined;
  const say = pieces("response.reasoning_summary_text.delta", at);
  const part = () => ({ type: "summary_text", text });
  begin({ id, type: "reasoning", summary: [] });
  return {
    add(delta) {
      if (text === "") tell("response.reasoning_summary_part.added", { ...at, part: part() });
      text += delta;
      say(delta);
    },
    prove(data) {
      sealed = data;
    },
    done() {
      if (text !== "") {
        tell("response.reasoning_summary_text.done", { ...at, text });
        tell("response.reasoning_summary_part.done", { ...at, part: part() });
      }
      const summary = text === "" ? [] : [part()];
      finish({
        id,
        type: "reasoning",
        summary,
        ...(sealed !== undefined && { encrypted_content: sealed }),
      });
    },
  };
}
