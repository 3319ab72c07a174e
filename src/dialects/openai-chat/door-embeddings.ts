import type { Json } from "../../core/json.ts";
import { readModel } from "../asked-model.ts";
import { createComplaints, member } from "../checks.ts";
import type { BadRequest, DoorRequest, EncodeTarget, WireRequest } from "../dialect.ts";
import { splice } from "../json-body.ts";
import { readJsonRequest } from "../json-request.ts";
import { askVectors } from "../openai/vectors.ts";

/** Reads the body of `POST /v1/embeddings`. What nobody here needs is the backend's to judge. */
export function decodeEmbeddings(bytes: Uint8Array): DoorRequest | BadRequest {
  const read = readJsonRequest(bytes);
  if (!read.ok) return read;
  const { text, members, body } = read;
  const complaints = createComplaints();
  const model = readModel(body, complaints);
  const texts = textsOf(member(body, "input"));
  if (texts === undefined) {
    complaints.add(
      "input",
      "has to be a text, a list of texts, a list of token numbers, or a list of such lists",
    );
  }
  const parts = (texts ?? []).map((each) => ({ type: "text" as const, text: each }));
  return (
    complaints.first() ?? {
      ok: true,
      task: "embeddings",
      model,
      stream: false,
      includeUsage: false,
      request: { messages: [{ role: "user", parts }], tools: [], params: {} },
      gaps: [],
      text,
      members,
    }
  );
}

/** The client's own bytes; parameters of a profile are for chats. */
export function encodeEmbeddings({ text, members }: DoorRequest, target: EncodeTarget): WireRequest {
  return askVectors(splice(text, members, { replace: { model: target.model }, add: {} }), target.key);
}

/** What is counted where a backend does not count. Undefined: no input at all. */
function textsOf(input: Json | undefined): readonly string[] | undefined {
  if (typeof input === "string") return [input];
  if (!Array.isArray(input) || input.length === 0) return undefined;
  if (input.every((item) => typeof item === "string")) return input;
  if (input.every((item) => typeof item === "number")) return [standIn(input.length)];
  const lists = input.map((item: Json) =>
    Array.isArray(item) && item.length > 0 && item.every((one) => typeof one === "number")
      ? standIn(item.length)
      : undefined,
  );
  return lists.every((list) => list !== undefined) ? lists : undefined;
}

/** A text of about as many tokens. */
function standIn(tokens: number): string {
  return "word".repeat(tokens);
}
