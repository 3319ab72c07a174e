import type { Failure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Usage } from "./usage.ts";

/** One piece of a message. */
export type Part =
  | { readonly type: "text"; readonly text: string }
  /** `data` is base64 when `media` is set, else an http(s) address the backend fetches itself. */
  | { readonly type: "image"; readonly media?: string; readonly data: string; readonly detail?: string }
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: "tool-result"; readonly id: string; readonly text: string };

/** Who speaks. `tool` carries the results of tool calls back to the model. */
export type Role = "system" | "user" | "assistant" | "tool";

/** One turn of a conversation. */
export interface Message {
  readonly role: Role;
  readonly parts: readonly Part[];
}

/** A function the model may call. `parameters` is a JSON Schema. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
}

/** Whether and which tool the model has to call. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

/**
 * Request parameters under their OpenAI chat names (`temperature`, `max_tokens`, `stop`, …). Each dialect translates
 * them; a name it does not know is sent only to backend types that list it.
 */
export type Params = JsonObject;

/** What a caller asks for, in no wire format. The target (profile, alias or model) stands beside it. */
export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** What the request itself states; it wins over every profile's parameters. */
  readonly params: Params;
}

/** Why a model stopped, in the words of OpenAI chat. */
export type StopReason = "stop" | "length" | "tool_calls" | "content_filter";

/** Real content: what ends the wait for an answer and commits nexus to the backend that sent it. */
export type ContentEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  | { readonly type: "refusal-delta"; readonly text: string }
  | { readonly type: "tool-call-start"; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: "tool-call-delta"; readonly index: number; readonly json: string };

/**
 * A part of an answer as its backend sent it, for a door that speaks the same language: nothing in it is decoded.
 * `content`: there is real content in it, of about so many `characters`.
 */
export interface BytesEvent {
  readonly type: "bytes";
  readonly bytes: Uint8Array;
  readonly content: boolean;
  readonly characters: number;
}

/**
 * One step of an answer, in order: at most one `response-start`, content, then exactly one `response-end` or `failure`,
 * which is the last. A stream that ends without either was truncated.
 */
export type ChatEvent =
  | { readonly type: "response-start"; readonly id?: string; readonly model?: string }
  | ContentEvent
  | BytesEvent
  | { readonly type: "response-end"; readonly reason: StopReason; readonly usage?: Usage }
  /** `usage`: what the backend counts, and charges, all the same. */
  | { readonly type: "failure"; readonly failure: Failure; readonly usage?: Usage };

/** What a watched stream has come to. */
export interface Verdict {
  /** Bytes since the beginning of the stream that may pass: whole events, none of them a failure. */
  readonly pass: number;
  /** Whether real content is among the bytes that may pass. */
  readonly content: boolean;
  /** Characters of content so far, roughly: for estimates. Grows with every piece of content, and with nothing else. */
  readonly characters: number;
  /** `finished`: the answer is complete, but usage or terminator may still come. Closed before `end()` means that the terminator was seen, or a failure. */
  readonly state: "open" | "finished" | "closed";
  /** Once closed: what went wrong, if anything. */
  readonly failure: Failure | undefined;
  /** Once closed: why the model stopped, if the answer is complete. */
  readonly reason: StopReason | undefined;
  /** Once closed: what the backend counted, if it did. */
  readonly usage: Usage | undefined;
}

/** Watches a stream of bytes that goes to a client of the same dialect untouched. */
export interface StreamWatch {
  /** The next bytes, split anywhere. */
  push(bytes: Uint8Array): Verdict;
  /** Transport ended. */
  end(): Verdict;
}

/** Whether an event is real content, so that the answer has begun. Empty deltas are not. */
export function isContent(event: ChatEvent): event is ContentEvent {
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta":
    case "refusal-delta":
      return event.text !== "";
    case "tool-call-start":
      return true;
    case "tool-call-delta":
      return event.json !== "";
    default:
      return false;
  }
}

/** A value of a request parameter, or undefined. */
export function param(params: Params, name: string): Json | undefined {
  return Object.hasOwn(params, name) ? params[name] : undefined;
}
