import type { DialectName } from "../core/backend.ts";
import { DIALECT_NAMES } from "../core/backend.ts";
import type { Proof } from "../core/chat.ts";
import { filledText, isObject, parseJson } from "../core/json.ts";

/** What every sealed proof begins with, and no provider's own does. */
export const SEAL = "nexus:{";

/**
 * A proof of another dialect's reasoning. `call`: it proves the call of this id. `text`: the reasoning itself, where clients do not
 * send it back.
 */
export interface SealedProof {
  readonly proof: Proof;
  readonly call?: string;
  readonly text?: string;
}

/** Wraps a proof so that it can stand where a client keeps its own dialect's, and comes back with the conversation. */
export function sealProof({ proof, call, text }: SealedProof): string {
  return `nexus:${JSON.stringify({ ...proof, call, text })}`;
}

/** What was wrapped; undefined when it is none of ours. */
export function openProof(sealed: string): SealedProof | undefined {
  if (!sealed.startsWith(SEAL)) return undefined;
  const read = parseJson(sealed.slice("nexus:".length));
  if (!isObject(read)) return undefined;
  const dialect = DIALECT_NAMES.find((name): name is DialectName => name === read["dialect"]);
  const data = filledText(read["data"]);
  if (dialect === undefined || data === undefined) return undefined;
  const id = filledText(read["id"]);
  const call = filledText(read["call"]);
  const text = filledText(read["text"]);
  const redacted = read["redacted"] === true;
  return {
    proof: { dialect, data, ...(id !== undefined && { id }), ...(redacted && { redacted }) },
    ...(call !== undefined && { call }),
    ...(text !== undefined && { text }),
  };
}
