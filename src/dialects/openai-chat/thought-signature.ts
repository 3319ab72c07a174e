import type { Proof } from "../../core/chat.ts";
import { isObject } from "../../core/json.ts";

/**
 * Gemini signs tool calls; Google's own OpenAI endpoint shows that beside the call and wants it back there:
 * https://ai.google.dev/gemini-api/docs/thought-signatures#openai
 */
export function readThoughtSignature(call: Readonly<Record<string, unknown>>): Proof | undefined {
  const extra = call["extra_content"];
  const google = isObject(extra) ? extra["google"] : undefined;
  const data = isObject(google) ? google["thought_signature"] : undefined;
  return typeof data === "string" && data !== "" ? { dialect: "gemini", data } : undefined;
}

/** The member of a call that holds its signature; none for a call that nobody signed. */
export function encodeThoughtSignature(proof: Proof | undefined): object {
  if (proof?.dialect !== "gemini") return {};
  return { extra_content: { google: { thought_signature: proof.data } } };
}
