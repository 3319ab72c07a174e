import { isObject, parseJson } from "../../core/json.ts";
import type { CallName } from "./call-names.ts";
import { CUSTOM_INPUT } from "./door-tools.ts";
import { type Slot, statusOf } from "./output-slot.ts";

/** A call that has begun. */
export interface OpenCall {
  add(json: string): void;
  /** `whole`: no limit cut it off. */
  done(whole: boolean): void;
}

/** Begins the call of a function. */
export function openFunction(
  { id, tell, pieces, begin, finish }: Slot,
  callId: string,
  called: CallName,
): OpenCall {
  const { name, namespace } = called;
  let json = "";
  const item = (status: string) => ({
    id,
    type: "function_call",
    status,
    call_id: callId,
    name,
    arguments: json,
    ...(namespace !== undefined && { namespace }),
  });
  begin(item("in_progress"));
  const say = pieces("response.function_call_arguments.delta", {});
  return {
    add(delta) {
      json += delta;
      say(delta);
    },
    done(whole) {
      tell("response.function_call_arguments.done", { name, arguments: json });
      finish(item(statusOf(whole)));
    },
  };
}

/** Begins the call of a custom tool. Its text is told when it is whole: until then it is JSON. */
export function openCustom({ id, tell, begin, finish }: Slot, callId: string, called: CallName): OpenCall {
  const { name, namespace } = called;
  let json = "";
  const item = (status: string, input: string) => ({
    id,
    type: "custom_tool_call",
    status,
    call_id: callId,
    name,
    input,
    ...(namespace !== undefined && { namespace }),
  });
  begin(item("in_progress", ""));
  return {
    add(delta) {
      json += delta;
    },
    done(whole) {
      const input = inputOf(json);
      tell("response.custom_tool_call_input.delta", { delta: input });
      tell("response.custom_tool_call_input.done", { input });
      finish(item(statusOf(whole), input));
    },
  };
}

/** What a model wrote that is no such object is the text itself. */
function inputOf(json: string): string {
  const given = parseJson(json);
  const input = isObject(given) ? given[CUSTOM_INPUT] : undefined;
  return typeof input === "string" ? input : json;
}
