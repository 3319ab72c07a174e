import type { Proof } from "../../core/chat.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { Framing } from "../dialect.ts";
import { openProof, sealProof } from "../sealed-proof.ts";

/** Stands where Anthropic's signature would, of thoughts that nobody signed; every sealed proof begins with it. */
const UNSIGNED = "nexus:";

/** Whether a signature, or the data of redacted thinking, is none of Anthropic's: it must never be sent there. */
export function isForeign(signature: unknown): boolean {
  return typeof signature === "string" && signature.startsWith(UNSIGNED);
}

/** A proof as a signature, which clients keep and send back; without one, what says that nobody signed. */
export function writeSignature(proof: Proof | undefined): string {
  if (proof === undefined) return UNSIGNED;
  return proof.dialect === "anthropic" ? proof.data : sealProof({ proof });
}

/** The proof that a signature is; undefined where nobody signed. */
export function readSignature(signature: string): Proof | undefined {
  if (isForeign(signature)) return openProof(signature)?.proof;
  return signature === "" ? undefined : { dialect: "anthropic", data: signature };
}

/** A tool call's own name, and what proves it. */
export interface CallId {
  readonly id: string;
  readonly proof?: Proof;
}

/** What stands between the id that clients see and what is packed into it. */
const PACKED = "__nexus_";

/** What Anthropic takes as an id: https://docs.anthropic.com/en/api/messages */
const PLAIN = /^[a-zA-Z0-9_-]+$/;

/**
 * The id of a call, of letters that Anthropic takes. A proof, or an id of other letters, is packed behind it: clients send ids back as
 * they are, whatever else they leave out.
 */
export function writeCallId({ id, proof }: CallId): string {
  const plain = PLAIN.test(id);
  if (plain && proof === undefined && !id.includes(PACKED)) return id;
  const shown = id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "call";
  const packed = JSON.stringify({ id, ...(proof !== undefined && { proof: writeSignature(proof) }) });
  return `${shown}${PACKED}${Buffer.from(packed).toString("base64url")}`;
}

/** The id and the proof that were packed, if any. */
export function readCallId(wire: string): CallId {
  const at = wire.lastIndexOf(PACKED);
  const packed = at === -1 ? undefined : unpack(wire.slice(at + PACKED.length));
  if (!isObject(packed) || typeof packed["id"] !== "string") return { id: wire };
  const { id, proof: signature } = packed;
  const proof = typeof signature === "string" ? readSignature(signature) : undefined;
  return { id, ...(proof !== undefined && { proof }) };
}

function unpack(text: string): unknown {
  return parseJson(Buffer.from(text, "base64url").toString("utf8"));
}

/** Whether what proves no text of its own is shown: others than Anthropic only to clients that want to see thinking. */
export function isShownAlone({ dialect }: Proof, { forAnswer }: Framing): boolean {
  return dialect === "anthropic" || forAnswer?.["thinks"] === true;
}
