import type { BackendType } from "../../core/backend.ts";
import { spellWithin } from "../call-ids.ts";

/** Longest id that OpenAI takes: https://github.com/microsoft/autogen/issues/6377; vLLM's own are longer. */
const MAX_ID = 40;

/** Mistral's models, whoever serves them, take ids of nine letters and digits only: https://github.com/langchain-ai/langchain/pull/24668 */
const MISTRAL = /(^|\/)(open-)?(mistral|ministral|mixtral|magistral|codestral|devstral|pixtral|voxtral)/i;
const MISTRAL_ID = 9;

/** How a call's id is written for a model, and how otherwise where another call has that one: `attempt` counts from 1. */
export function spellerFor(type: BackendType, model: string): (id: string, attempt: number) => string {
  if (MISTRAL.test(model)) return spellForMistral;
  return spellWithin(type === "openai" ? MAX_ID : Number.MAX_SAFE_INTEGER);
}

function spellForMistral(id: string, attempt: number): string {
  const letters = id.replace(/[^a-zA-Z0-9]/g, "");
  return `${letters}${attempt === 1 ? "" : attempt}`.slice(-MISTRAL_ID).padStart(MISTRAL_ID, "0");
}
