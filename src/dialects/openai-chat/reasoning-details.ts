import type { DialectName } from "../../core/backend.ts";
import type { Proof, ReasoningPart } from "../../core/chat.ts";
import { filledText, isObject } from "../../core/json.ts";

/**
 * How OpenAI clients hold reasoning with what proves it: OpenRouter's `reasoning_details`, which its clients send back as they got
 * them. https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
const FORMATS: readonly { readonly format: string; readonly dialect: DialectName }[] = [
  { format: "anthropic-claude-v1", dialect: "anthropic" },
  { format: "google-gemini-v1", dialect: "gemini" },
  { format: "openai-responses-v1", dialect: "openai-responses" },
];

/** What an assistant message or delta tells of reasoning; undefined where it has no such list. */
export function readReasoningDetails(list: unknown): readonly ReasoningPart[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list.filter(isObject).flatMap((detail): ReasoningPart[] => {
    const text = filledText(detail["text"]) ?? filledText(detail["summary"]) ?? "";
    const proof = readProof(detail);
    if (text === "" && proof === undefined) return [];
    return [{ type: "reasoning", text, ...(proof !== undefined && { proof }) }];
  });
}

/** One piece of reasoning in that list. `index` counts the pieces of one answer from 0. */
export function encodeReasoningDetail({ text, proof }: Omit<ReasoningPart, "type">, index: number): object {
  const format = FORMATS.find(({ dialect }) => dialect === proof?.dialect)?.format ?? "unknown";
  const id = proof?.id === undefined ? {} : { id: proof.id };
  if (proof?.redacted) return { type: "reasoning.encrypted", data: proof.data, ...id, format, index };
  return {
    type: "reasoning.text",
    text,
    ...(proof !== undefined && { signature: proof.data }),
    ...id,
    format,
    index,
  };
}

function readProof(detail: Readonly<Record<string, unknown>>): Proof | undefined {
  const dialect = FORMATS.find(({ format }) => format === detail["format"])?.dialect;
  const redacted = detail["type"] === "reasoning.encrypted";
  const data = filledText(redacted ? detail["data"] : detail["signature"]);
  if (dialect === undefined || data === undefined) return undefined;
  const id = filledText(detail["id"]);
  return { dialect, data, ...(id !== undefined && { id }), ...(redacted && { redacted }) };
}
