import type { Gap } from "../../core/chat.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { readModel } from "../asked-model.ts";
import { createComplaints, member } from "../checks.ts";
import type { AskedAt, BadRequest, DoorRequest } from "../dialect.ts";
import { readJsonRequest } from "../json-request.ts";
import { checkToolsText } from "../tool-limits.ts";
import { readMessages } from "./door-messages.ts";
import { readParams } from "./door-params.ts";
import { readToolChoice, readTools } from "./door-tools.ts";

/** Reads the body of `POST /v1/messages`. */
export function decodeRequest(bytes: Uint8Array, at: AskedAt): DoorRequest | BadRequest {
  return decode(bytes, at, "chat");
}

/** Reads the body of `POST /v1/messages/count_tokens`. */
export function decodeCount(bytes: Uint8Array, at: AskedAt): DoorRequest | BadRequest {
  return decode(bytes, at, "count");
}

function decode(bytes: Uint8Array, at: AskedAt, task: DoorRequest["task"]): DoorRequest | BadRequest {
  const read = readJsonRequest(bytes);
  if (!read.ok) return read;
  const { text, members, body } = read;
  const complaints = createComplaints();
  const gaps: Gap[] = [];
  const note = (field: string): void => {
    gaps.push({ field, harmless: false });
  };
  const model = readModel(body, complaints);
  const params = readParams(body, complaints, gaps);
  const messages = readMessages(body, complaints, note);
  checkToolsText(members, complaints);
  const tools = readTools(member(body, "tools"), complaints, note);
  const { toolChoice, alone } = readToolChoice(member(body, "tool_choice"), complaints);
  return (
    complaints.first() ?? {
      ok: true,
      task,
      model,
      stream: task === "chat" && params["stream"] === true,
      includeUsage: true,
      request: {
        messages,
        tools,
        params: { ...params, ...(alone && { parallel_tool_calls: false }) },
        ...(toolChoice !== undefined && { toolChoice }),
      },
      gaps,
      text,
      members,
      headers: versionsOf(at),
      forAnswer: { thinks: wantsThinking(body) },
    }
  );
}

/** Which version of the API, and which of its trials, the client speaks. */
function versionsOf({ headers }: AskedAt): Record<string, string> {
  return Object.fromEntries(
    ["anthropic-version", "anthropic-beta"].flatMap((name) => {
      const value = headers[name] ?? [];
      const text = typeof value === "string" ? value : value.join(",");
      return text === "" ? [] : [[name, text]];
    }),
  );
}

function wantsThinking(body: JsonObject): boolean {
  const thinking = member(body, "thinking");
  return isJsonObject(thinking) && member(thinking, "type") !== "disabled";
}
