import type { Gap } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
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
      request:
        toolChoice === undefined ? { messages, tools, params } : { messages, tools, params, toolChoice },
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
export function encodeSame(asked: DoorRequest, target: EncodeTarget): WireRequest {
  const { model, system } = target;
  const replace = { model };
  const add = addedTo(asked, target);
  const edits =
    system === undefined
      ? { replace, add }
      : { replace, add, prepend: { messages: { role: "system", content: system } } };
  return post(splice(asked.text, asked.members, edits), target.key, "/chat/completions");
}

/** The parameters to put behind what the client wrote, who mostly stated all there are. */
function addedTo({ request, members }: DoorRequest, target: EncodeTarget): JsonObject {
  if (Object.keys(target.params).every((name) => Object.hasOwn(request.params, name))) return NOTHING;
  const add = encodeParams(target);
  const isLimited = members.some(({ key }) => LIMITS.includes(key));
  return isLimited ? withoutLimits(add) : add;
}

const NOTHING: JsonObject = {};

function withoutLimits({ max_tokens: _, max_completion_tokens: __, ...params }: JsonObject): JsonObject {
  return params;
}
