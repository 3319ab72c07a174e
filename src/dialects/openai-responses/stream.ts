import type { ChatEvent } from "../../core/chat.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { StreamDecoder, WireEvent } from "../dialect.ts";
import { malformedEnd } from "../malformed.ts";
import { decodeInBand, errorIn } from "../openai/failure.ts";
import { createReader } from "./reader.ts";

/** Reads a stream that ends with the whole response: https://platform.openai.com/docs/api-reference/responses-streaming */
export function createDecoder(): StreamDecoder {
  const reader = createReader();
  let closed = false;

  function take(body: Readonly<Record<string, unknown>>, type: unknown): ChatEvent[] {
    const place = body["output_index"];
    switch (type) {
      case "response.output_text.delta":
        return reader.delta(place, "text", body["delta"]);
      case "response.refusal.delta":
        return reader.delta(place, "refusal", body["delta"]);
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        return reader.delta(place, "reasoning", body["delta"]);
      case "response.function_call_arguments.delta":
        return reader.delta(place, "arguments", body["delta"]);
      case "response.reasoning_summary_part.added":
        // Parts of a summary are paragraphs.
        return Number(body["summary_index"]) > 0 ? reader.delta(place, "reasoning", "\n\n") : [];
      case "response.output_item.added":
        return reader.begin(place, body["item"]);
      case "response.output_item.done":
        return reader.item(place, body["item"]);
      case "response.created":
      case "response.in_progress":
        return reader.start(body["response"]);
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        closed = true;
        return [...reader.start(body["response"]), ...reader.end(body["response"])];
      case "error":
        return [{ type: "failure", failure: decodeInBand(body) }];
      default: {
        const error = errorIn(body);
        return error === undefined ? [] : [{ type: "failure", failure: decodeInBand(error) }];
      }
    }
  }

  function read({ event, data }: WireEvent): ChatEvent[] {
    // Servers that took this dialect over from chat completions may end like them.
    if (data === "[DONE]") return reader.cut();
    const body = parseJson(data);
    if (isObject(body)) return take(body, body["type"] ?? event);
    if (event === "error") return [{ type: "failure", failure: decodeInBand(data) }];
    return malformedEnd("a piece of the stream is not JSON");
  }

  return {
    push(event) {
      if (closed) return [];
      const events = read(event);
      if (events.at(-1)?.type === "failure") closed = true;
      return events;
    },
    end() {
      if (closed) return [];
      closed = true;
      return reader.cut();
    },
    state: () => (closed ? "closed" : "open"),
  };
}
