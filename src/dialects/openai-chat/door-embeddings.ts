import type { ChatEvent } from "../../core/chat.ts";
import { isObject, type Json } from "../../core/json.ts";
import { readModel } from "../asked-model.ts";
import { createComplaints, member } from "../checks.ts";
import type { BadRequest, DoorRequest, EncodeTarget, WireRequest } from "../dialect.ts";
import { splice } from "../json-body.ts";
import { readJsonRequest } from "../json-request.ts";
import { malformedEnd } from "../malformed.ts";
import { decodeInBand, errorIn } from "../openai/failure.ts";
import { post } from "../openai/wire.ts";
import { decodeUsage } from "./usage.ts";

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
  return post(
    splice(text, members, { replace: { model: target.model }, add: {} }),
    target.key,
    "/embeddings",
  );
}

/** Whether there are vectors in an answer, and what they cost. */
export function decodeVectors(body: unknown): readonly ChatEvent[] {
  const error = errorIn(body);
  if (error !== undefined) return [{ type: "failure", failure: decodeInBand(error) }];
  const data = isObject(body) ? body["data"] : undefined;
  if (!isObject(body) || !Array.isArray(data) || data.length === 0)
    return malformedEnd('no embeddings: no "data"');
  const usage = decodeUsage(body["usage"]);
  return [{ type: "response-end", reason: "stop", ...(usage !== undefined && { usage }) }];
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
