import { isObject, type Json, type JsonObject } from "../../core/json.ts";

/** Finds out which result belongs to which call: by its id, where clients keep ids, else by name and order. */
export interface Calls {
  /** The turn of the model begins: calls before it are closed. */
  begin(): void;
  /** The id of a call; made up for one that has none, or one that stood there already. */
  idOfCall(name: string, stated: string | undefined): string;
  /** The id of the call to which this is the result. */
  idOfResult(name: string, stated: string | undefined): string;
}

/** No calls yet. */
export function createCalls(): Calls {
  const taken = new Set<string>();
  let open: { readonly name: string; readonly stated: string | undefined; readonly id: string }[] = [];
  const freshId = (stated: string | undefined): string => {
    let id = stated ?? "call_0";
    for (let more = taken.size; taken.has(id); more++) id = `call_${more}`;
    taken.add(id);
    return id;
  };
  return {
    begin() {
      open = [];
    },
    idOfCall(name, stated) {
      const id = freshId(stated);
      open.push({ name, stated, id });
      return id;
    },
    idOfResult(name, stated) {
      const call =
        open.find((one) => stated !== undefined && one.stated === stated) ??
        open.find((one) => one.name === name);
      open = open.filter((one) => one !== call);
      return call?.id ?? stated ?? freshId(undefined);
    },
  };
}

/**
 * The text of a result, and whether the call went wrong. By custom a result stands under `output` or `result`, and what went wrong under
 * `error`: https://ai.google.dev/api/caching#FunctionResponse
 */
export function readResponse(response: JsonObject): { readonly text: string; readonly failed?: true } {
  const [[name, value] = ["", undefined], ...more] = Object.entries(response);
  if (name === "" || more.length > 0) return { text: name === "" ? "" : JSON.stringify(response) };
  if (name === "error") return { text: textOf(value), failed: true };
  return { text: name === "output" || name === "result" ? textOf(value) : JSON.stringify(response) };
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The arguments of a call as text; of what is no object none. */
export function argumentsText(args: Json | undefined): string {
  return isObject(args) ? JSON.stringify(args) : "{}";
}
