import { DIALECT_NAMES } from "../../core/backend.ts";
import type { Proof, ReasoningPart } from "../../core/chat.ts";
import { filledText, isObject, parseJson } from "../../core/json.ts";

/**
 * Accepted for calls that Gemini did not make, where Gemini 3 refuses a call without a signature:
 * https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
 */
export const UNSIGNED = "skip_thought_signature_validator";

/** How the base64 of what is wrapped below begins. */
const WRAPPED = "eyJuZXh1cyI6";

/**
 * What another provider signed of its model's reasoning, as a signature that clients bring back as they bring back Gemini's. The
 * text that is proven goes with it: clients do not send thoughts back. Base64, as some SDKs keep signatures as bytes.
 */
export function wrapProof({ text, proof }: { readonly text: string; readonly proof: Proof }): string {
  if (proof.dialect === "gemini") return proof.data;
  return Buffer.from(JSON.stringify({ nexus: { text, ...proof } })).toString("base64");
}

/** A signature as it came back: Gemini's own, or reasoning of another provider with its proof; undefined where it proves nothing. */
export function readSignature(
  signature: string,
): { readonly own: Proof } | { readonly foreign: ReasoningPart } | undefined {
  if (signature === "" || signature === UNSIGNED) return undefined;
  if (!signature.startsWith(WRAPPED)) return { own: { dialect: "gemini", data: signature } };
  const outer = parseJson(Buffer.from(signature, "base64").toString());
  const said = isObject(outer) ? outer["nexus"] : undefined;
  if (!isObject(said)) return undefined;
  const dialect = DIALECT_NAMES.find((name) => name === said["dialect"]);
  const [data, id, text] = [filledText(said["data"]), filledText(said["id"]), filledText(said["text"])];
  if (dialect === undefined || data === undefined) return undefined;
  const redacted = said["redacted"] === true && { redacted: true as const };
  const proof: Proof = { dialect, data, ...(id !== undefined && { id }), ...redacted };
  return { foreign: { type: "reasoning", text: text ?? "", proof } };
}
