import type { Gap } from "../../core/chat.ts";
import { isJsonObject, isObject, type JsonObject, parseJson } from "../../core/json.ts";
import { createComplaints, member } from "../checks.ts";
import type { BadRequest, DoorRequest, EncodeTarget, Framing, WireRequest } from "../dialect.ts";
import { readJsonRequest } from "../json-request.ts";
import { askVectors } from "../openai/vectors.ts";
import { MAX_COUNT, wholeNumberIn } from "../value-checks.ts";
import { fieldsOf, fieldsOfList } from "./door-fields.ts";

/** What of a request for a vector is carried: its text, and the length of the vector. */
const CARRIED: ReadonlySet<string> = new Set(["model", "content", "outputDimensionality"]);

/**
 * Reads the body of `:embedContent`, or of `:batchEmbedContents` with its list of the same. What the vectors are for is left out:
 * every backend is asked in OpenAI's words, which have none for it. https://ai.google.dev/api/embeddings
 */
export function decodeEmbeddings(bytes: Uint8Array, model: string, batch: boolean): DoorRequest | BadRequest {
  const read = readJsonRequest(bytes);
  if (!read.ok) return read;
  const { text, members } = read;
  const complaints = createComplaints();
  const body = fieldsOf(read.body);
  const requests = batch
    ? fieldsOfList(member(body, "requests"), "requests", complaints)
    : [{ object: body, path: "" }];
  if (requests.length === 0) complaints.add("requests", "is empty");
  const gaps: Gap[] = [];
  const texts = requests.map(({ object, path }) => {
    for (const name of Object.keys(object))
      if (!CARRIED.has(name) && !gaps.some(({ field }) => field === name))
        gaps.push({ field: name, harmless: true });
    const at = path === "" ? "content" : `${path}.content`;
    const content = member(object, "content");
    if (!isJsonObject(content)) {
      complaints.add(at, "has to be an object with parts");
      return "";
    }
    const parts = fieldsOfList(member(fieldsOf(content), "parts"), `${at}.parts`, complaints);
    return parts.map((part) => textOf(part.object, part.path)).join("");
  });
  const lengths = new Set(requests.map(({ object }) => member(object, "outputDimensionality") ?? null));
  const [dimensions = null, ...others] = lengths;
  if (others.length > 0 || (dimensions !== null && wholeNumberIn(1, MAX_COUNT)(dimensions) !== undefined))
    complaints.add("outputDimensionality", "has to be a whole number, and the same in all requests");
  return (
    complaints.first() ?? {
      ok: true,
      task: "embeddings",
      model,
      stream: false,
      includeUsage: false,
      request: {
        messages: [{ role: "user", parts: texts.map((each) => ({ type: "text", text: each })) }],
        tools: [],
        params: {},
      },
      gaps,
      text,
      members,
      forAnswer: { batch, dimensions },
    }
  );

  function textOf(part: JsonObject, path: string): string {
    const said = member(part, "text");
    if (typeof said === "string") return said;
    complaints.add(`${path}.text`, "has to be a string: vectors are made of text only");
    return "";
  }
}

/** Asks for the vectors, in the words in which every backend is asked for them. */
export function encodeEmbeddings(
  { request, forAnswer }: DoorRequest,
  { model, key }: EncodeTarget,
): WireRequest {
  const input = request.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "text" ? part.text : [])),
  );
  const dimensions = forAnswer?.["dimensions"] ?? undefined;
  return askVectors(JSON.stringify({ model, input, encoding_format: "float", dimensions }), key);
}

/** Writes the vectors as Gemini has them. */
export function encodeVectors(bytes: Uint8Array, { forAnswer }: Framing): string {
  const body = parseJson(new TextDecoder().decode(bytes));
  const data: unknown = isObject(body) ? body["data"] : undefined;
  const vectors = (Array.isArray(data) ? data : [])
    .filter(isObject)
    .toSorted((a, b) => Number(a["index"] ?? 0) - Number(b["index"] ?? 0))
    .map(({ embedding }) => ({ values: embedding }));
  return JSON.stringify(forAnswer?.["batch"] === true ? { embeddings: vectors } : { embedding: vectors[0] });
}
