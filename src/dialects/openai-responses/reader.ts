import type { ChatEvent } from "../../core/chat.ts";
import { filledText, isObject } from "../../core/json.ts";
import { malformedEnd } from "../malformed.ts";
import { decodeInBand } from "../openai/failure.ts";
import { decodeUsage } from "./usage.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What was told of one output item so far. */
interface Item {
  told: boolean;
  /** Place among the calls, once it is known to be one. */
  call?: number;
}

/** Puts one answer together, out of its items: whole ones, or the pieces of a stream. */
export interface Reader {
  start(response: unknown): ChatEvent[];
  /** An item has begun; a call is told at once. */
  begin(place: unknown, item: unknown): ChatEvent[];
  /** A piece of the item at this place. */
  delta(place: unknown, kind: "text" | "refusal" | "reasoning" | "arguments", text: unknown): ChatEvent[];
  /** An item is complete: what no piece has told of it is told now. */
  item(place: unknown, item: unknown): ChatEvent[];
  /** The last events: the answer with everything in it that no event has told before. */
  end(response: unknown): ChatEvent[];
  /** The end of an answer that was cut off. */
  cut(): ChatEvent[];
}

/** Starts reading an answer. */
export function createReader(): Reader {
  const items = new Map<unknown, Item>();
  let started = false;
  let content = false;
  let calls = 0;

  function itemAt(place: unknown): Item {
    const known = items.get(place);
    if (known !== undefined) return known;
    const fresh = { told: false };
    items.set(place, fresh);
    return fresh;
  }

  function beginCall(place: unknown, item: Fields): ChatEvent[] {
    const state = itemAt(place);
    const name = filledText(item["name"]);
    if (state.call !== undefined || name === undefined) return [];
    state.call = calls++;
    content = true;
    const id = filledText(item["call_id"]) ?? filledText(item["id"]) ?? `call_${state.call}`;
    return [{ type: "tool-call-start", index: state.call, id, name }];
  }

  const reader: Reader = {
    start(response) {
      if (started || !isObject(response)) return [];
      started = true;
      const id = filledText(response["id"]);
      const model = filledText(response["model"]);
      if (id === undefined && model === undefined) return [];
      return [
        { type: "response-start", ...(id !== undefined && { id }), ...(model !== undefined && { model }) },
      ];
    },
    begin(place, item) {
      return isObject(item) && item["type"] === "function_call" ? beginCall(place, item) : [];
    },
    delta(place, kind, text) {
      if (typeof text !== "string" || text === "") return [];
      const state = itemAt(place);
      if (kind === "arguments") {
        if (state.call === undefined) return [];
        state.told = true;
        return [{ type: "tool-call-delta", index: state.call, json: text }];
      }
      state.told = true;
      content = true;
      return [{ type: `${kind}-delta`, text }];
    },
    item(place, item) {
      if (!isObject(item)) return [];
      const { told } = itemAt(place);
      switch (item["type"]) {
        case "message":
          return told
            ? []
            : messageParts(item["content"]).flatMap(({ kind, text }) => reader.delta(place, kind, text));
        case "function_call": {
          const start = beginCall(place, item);
          return told ? start : [...start, ...reader.delta(place, "arguments", item["arguments"])];
        }
        case "reasoning": {
          const text = told ? [] : reader.delta(place, "reasoning", reasoningText(item));
          return [...text, ...proofOf(item)];
        }
        default:
          return [];
      }
    },
    end(response) {
      if (!isObject(response)) return malformedEnd("not an answer: no response");
      const output = Array.isArray(response["output"]) ? response["output"] : [];
      const late = output.flatMap((item: unknown, place) =>
        items.has(place) ? [] : reader.item(place, item),
      );
      const status = response["status"];
      const usage = decodeUsage(response["usage"]);
      const counted = usage === undefined ? {} : { usage };
      if (isObject(response["error"]) || status === "failed" || status === "cancelled") {
        const error = response["error"] ?? {
          message: `the answer is ${String(status)}`,
          code: "server_error",
        };
        return [{ type: "failure", failure: decodeInBand({ error }), ...counted }];
      }
      const details = response["incomplete_details"];
      const why = status === "incomplete" && isObject(details) ? details["reason"] : undefined;
      const filtered = why === "content_filter";
      if (status === "queued" || status === "in_progress")
        return malformedEnd(`the answer is still ${status}`);
      if (!content && !filtered) {
        return malformedEnd("empty response").map((event) => ({ ...event, ...counted }));
      }
      const done = calls > 0 ? "tool_calls" : "stop";
      const reason = filtered ? "content_filter" : status === "incomplete" ? "length" : done;
      return [...late, { type: "response-end", reason, ...counted }];
    },
    cut() {
      if (content) return malformedEnd("the stream broke off before the answer was complete");
      return malformedEnd(started ? "the stream ended before the answer began" : "empty response");
    },
  };
  return reader;
}

function messageParts(content: unknown): { kind: "text" | "refusal"; text: unknown }[] {
  if (!Array.isArray(content)) return [];
  return content
    .filter(isObject)
    .map((part) =>
      part["type"] === "refusal"
        ? { kind: "refusal", text: part["refusal"] }
        : { kind: "text", text: part["text"] },
    );
}

/** The summary, or the reasoning itself, which only models of open weights tell. */
function reasoningText(item: Fields): string {
  const lists = [item["summary"], item["content"]].map((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  );
  const found = lists.find((list) => list.length > 0) ?? [];
  return found.map((part) => filledText(part["text"]) ?? "").join("\n\n");
}

function proofOf(item: Fields): ChatEvent[] {
  const data = filledText(item["encrypted_content"]);
  if (data === undefined) return [];
  const id = filledText(item["id"]);
  return [
    {
      type: "reasoning-proof",
      proof: { dialect: "openai-responses", data, ...(id !== undefined && { id }) },
    },
  ];
}
