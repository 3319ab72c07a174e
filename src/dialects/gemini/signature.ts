import type { Proof, ReasoningPart } from "../../core/chat.ts";
import { openProof, SEAL, sealProof } from "../sealed-proof.ts";

/**
 * Accepted for calls that Gemini did not make, where Gemini 3 refuses a call without a signature; and that is who answers under the
 * names of 2.5 from December 2026 on. https://ai.google.dev/gemini-api/docs/thought-signatures#faqs,
 * https://ai.google.dev/gemini-api/docs/deprecations
 */
export const UNSIGNED = "skip_thought_signature_validator";

/** How the base64 of what is sealed begins. */
const SEALED = Buffer.from(SEAL.slice(0, 6)).toString("base64");

/**
 * What another provider signed of its model's reasoning, as a signature that clients bring back as they bring back Gemini's. The
 * text that is proven goes with it: clients do not send thoughts back. Base64, as some SDKs keep signatures as bytes.
 */
export function wrapProof({ text, proof }: { readonly text: string; readonly proof: Proof }): string {
  return proof.dialect === "gemini" ? proof.data : Buffer.from(sealProof({ proof, text })).toString("base64");
}

/** A signature as it came back: Gemini's own, or reasoning of another provider with its proof; undefined where it proves nothing. */
export function readSignature(
  signature: string,
): { readonly own: Proof } | { readonly foreign: ReasoningPart } | undefined {
  if (signature === "" || signature === UNSIGNED) return undefined;
  if (!signature.startsWith(SEALED)) return { own: { dialect: "gemini", data: signature } };
  const opened = openProof(Buffer.from(signature, "base64").toString());
  if (opened === undefined) return undefined;
  const { proof, text = "" } = opened;
  return { foreign: { type: "reasoning", text, proof } };
}
