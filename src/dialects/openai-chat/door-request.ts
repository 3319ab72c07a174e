import type { Gap } from "../../core/chat.ts";
import { readModel } from "../asked-model.ts";
import { createComplaints, member } from "../checks.ts";
import type { BadRequest, DoorRequest, EncodeTarget, WireRequest } from "../dialect.ts";
import { splice } from "../json-body.ts";
import { readJsonRequest } from "../json-request.ts";
import { post } from "../openai/wire.ts";
import { checkToolsText } from "../tool-limits.ts";
import { readMessages } from "./door-messages.ts";
import { readParams, wantsUsage } from "./door-params.ts";
import { readToolChoice, readTools } from "./door-tools.ts";
import { encodeParams, LIMITS } from "./request.ts";

/** Reads the body of `POST /v1/chat/completions`. */
export function decodeRequest(bytes: Uint8Array): DoorRequest | BadRequest {
  const read = readJsonRequest(bytes);
  if (!read.ok) return read;
  const { text, members, body } = read;
  const complaints = createComplaints();
  const gaps: Gap[] = [];
  const note = (field: string): void => {
    gaps.push({ field, harmless: false });
  };
  const model = readModel(body, complaints);
  const params = readParams(body, complaints);
  const messages = readMessages(member(body, "messages"), complaints, note);
  checkToolsText(members, complaints);
  const tools = readTools(member(body, "tools"), complaints, note);
  const toolChoice = readToolChoice(member(body, "tool_choice"), complaints, note);
  return (
    complaints.first() ?? {
      ok: true,
      task: "chat",
      model,
      stream: member(body, "stream") === true,
      includeUsage: wantsUsage(body),
      request: { messages, tools, params, ...(toolChoice !== undefined && { toolChoice }) },
      gaps,
      text,
      members,
    }
  );
}

/**
 * The client's own bytes for a backend that speaks the same dialect: only the model is another, and parameters of the profile
 * stand behind what the client wrote where it stated none.
 */
export function encodeSame({ text, members }: DoorRequest, target: EncodeTarget): WireRequest {
  const stated = new Set(members.map(({ key }) => key));
  const limited = LIMITS.some((name) => stated.has(name));
  const add = Object.entries(encodeParams(target)).filter(([name]) => !(limited && LIMITS.includes(name)));
  const { model, system } = target;
  const prepend = system === undefined ? {} : { messages: { role: "system", content: system } };
  const edits = { replace: { model }, add: Object.fromEntries(add), prepend };
  return post(splice(text, members, edits), target.key, "/chat/completions");
}
