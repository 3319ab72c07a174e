import type { DialectName } from "../core/backend.ts";
import { DIALECT_NAMES } from "../core/backend.ts";
import type { Proof } from "../core/chat.ts";
import { filledText, isObject, parseJson } from "../core/json.ts";

/** What every sealed proof begins with, and no provider's own does. */
export const SEAL = "nexus:{";

/** A proof of another dialect's reasoning. `call`: it proves the call of this id. */
export interface SealedProof {
  readonly proof: Proof;
  readonly call?: string;
}

/** Wraps a proof so that it can stand where a client keeps its own dialect's, and comes back with the conversation. */
export function sealProof({ proof, call }: SealedProof): string {
  return `nexus:${JSON.stringify({ ...proof, call })}`;
}

/** What was wrapped; undefined when it is none of ours. */
export function openProof(text: string): SealedProof | undefined {
  if (!text.startsWith(SEAL)) return undefined;
  const read = parseJson(text.slice("nexus:".length));
  if (!isObject(read)) return undefined;
  const dialect = DIALECT_NAMES.find((name): name is DialectName => name === read["dialect"]);
  const data = filledText(read["data"]);
  if (dialect === undefined || data === undefined) return undefined;
  const id = filledText(read["id"]);
  const call = filledText(read["call"]);
  const redacted = read["redacted"] === true;
  return {
    proof: { dialect, data, ...(id !== undefined && { id }), ...(redacted && { redacted }) },
    ...(call !== undefined && { call }),
  };
}
