import { param } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import type { DoorRequest, EncodeTarget, WireRequest } from "../dialect.ts";
import { splice } from "../json-body.ts";
import { mendHistory, statedMember } from "./door-history.ts";
import { SAME_NAMES } from "./door-params.ts";
import { commonHeaders } from "./headers.ts";
import { translateParams } from "./params.ts";

/**
 * The client's own bytes for a backend that speaks the same dialect: only the model is another, and parameters of the profile stand
 * behind what the client wrote where it stated none.
 */
export function encodeSame(read: DoorRequest, target: EncodeTarget): WireRequest {
  const replace = { ...mendHistory(read, target), model: target.model };
  const body = splice(read.text, read.members, { replace, add: fromProfile(read, target) });
  const headers = { "content-type": "application/json", ...commonHeaders(target.key), ...read.headers };
  return { method: "POST", path: "/messages", headers, body };
}

/** What the profile adds, and the limit that the API wants of everybody. What the client says of thinking decides what goes with it. */
function fromProfile(read: DoorRequest, { model, params, system }: EncodeTarget): JsonObject {
  const { request } = read;
  const own = Object.entries(params).filter(
    ([name]) => !Object.hasOwn(request.params, name) || SAME_NAMES.includes(name),
  );
  const thinking = statedMember(read, "thinking") ?? null;
  const known = { ...Object.fromEntries(own), ...(thinking !== null && { thinking }) };
  const alone = request.tools.length > 0 && param(known, "parallel_tool_calls") === false;
  return {
    ...translateParams(request, { model, params: known }).fields,
    ...(system !== undefined && { system }),
    ...(alone && { tool_choice: { type: "auto", disable_parallel_tool_use: true } }),
  };
}
