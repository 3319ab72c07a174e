import type { BytesEvent, ChatRequest, ContentEvent } from "../core/chat.ts";
import type { Usage } from "../core/usage.ts";
import { guessPrompt, weigh } from "../tokens/heuristic.ts";

/** Of undecoded text. */
const CHARACTERS_PER_TOKEN = 4;

/** Counts an answer while it passes, for when the backend does not say how many tokens it took. Keeps none of it. */
export function answerMeter(): {
  pass(event: ContentEvent | BytesEvent): void;
  usage(request: ChatRequest): Usage;
} {
  let output = 0;
  let reasoning = 0;
  return {
    pass(event) {
      if (event.type === "bytes") output += event.characters / CHARACTERS_PER_TOKEN;
      else if (event.type === "reasoning-delta") reasoning += weigh(event.text);
      else output += weigh(textOf(event));
    },
    usage: (request) => ({
      input: guessPrompt(request),
      cacheRead: 0,
      cacheWrite: 0,
      output: Math.ceil(output),
      reasoning: Math.ceil(reasoning),
      estimated: true,
    }),
  };
}

function textOf(event: ContentEvent): string {
  if (event.type === "tool-call-start") return event.name;
  return event.type === "tool-call-delta" ? event.json : event.text;
}
