import type { Gap, Message } from "../../core/chat.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { readModel } from "../asked-model.ts";
import { type Complaints, createComplaints, member } from "../checks.ts";
import type { BadRequest, DoorRequest } from "../dialect.ts";
import { readJsonRequest } from "../json-request.ts";
import { checkToolsText } from "../tool-limits.ts";
import { optionalText, readImages } from "./door-fields.ts";
import { readMessages } from "./door-messages.ts";
import { isStream, readParams } from "./door-params.ts";
import { readTools } from "./door-tools.ts";

/** Notes what only a backend of the same dialect can be sent. */
export type NoteGap = (field: string, harmless: boolean) => void;

type Read = (body: JsonObject, complaints: Complaints, gap: NoteGap) => readonly Message[];

/** Reads the body of `POST /api/chat`; without messages it only loads the model: https://docs.ollama.com/api/chat */
export function decodeChat(bytes: Uint8Array): DoorRequest | BadRequest {
  return decode(bytes, {}, (body, complaints) => readMessages(member(body, "messages") ?? [], complaints));
}

/** Reads the body of `POST /api/generate`; without a prompt it only loads the model: https://docs.ollama.com/api/generate */
export function decodeGenerate(bytes: Uint8Array): DoorRequest | BadRequest {
  return decode(bytes, { generates: true }, readPrompt);
}

function decode(bytes: Uint8Array, form: JsonObject, readPromptOf: Read): DoorRequest | BadRequest {
  const read = readJsonRequest(bytes);
  if (!read.ok) return read;
  const { text, members, body } = read;
  const complaints = createComplaints();
  const gaps: Gap[] = [];
  const model = readModel(body, complaints);
  const note: NoteGap = (field, harmless) => void gaps.push({ field, harmless });
  const params = readParams(body, complaints, note);
  const messages = readPromptOf(body, complaints, note);
  checkToolsText(members, complaints);
  const tools = readTools(member(body, "tools"), complaints);
  const leaves = member(body, "keep_alive") === 0;
  return (
    complaints.first() ?? {
      ok: true,
      task: messages.length === 0 ? "load" : "chat",
      model,
      stream: isStream(body),
      includeUsage: true,
      request: { messages, tools, params },
      gaps,
      text,
      members,
      forAnswer: { ...form, ...(leaves && { leaves }) },
    }
  );
}

/** What runs a model without the form of a conversation around it, and so has no other place than Ollama. */
const RAW = ["suffix", "template", "raw", "context"];

const readPrompt: Read = (body, complaints, gap) => {
  const prompt = optionalText(body, "prompt", "prompt", complaints);
  const system = optionalText(body, "system", "system", complaints);
  const images = readImages(member(body, "images"), "images", complaints);
  for (const name of RAW) if (asksFor(body, name)) gap(name, false);
  if (prompt === "" && images.length === 0) return [];
  return [
    ...(system === "" ? [] : [{ role: "system" as const, parts: [{ type: "text" as const, text: system }] }]),
    { role: "user", parts: [...(prompt === "" ? [] : [{ type: "text" as const, text: prompt }]), ...images] },
  ];
};

function asksFor(body: JsonObject, name: string): boolean {
  const value = member(body, name) ?? false;
  if (Array.isArray(value)) return value.length > 0;
  return value !== false && value !== "" && !(isJsonObject(value) && Object.keys(value).length === 0);
}
