import type { DialectName } from "./backend.ts";
import type { Failure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Usage } from "./usage.ts";

/**
 * A provider may keep what stands up to here in its cache, for about so long. Others cache by themselves, or not at all: a mark
 * that cannot be sent is left out and told.
 */
export type CacheMark = "5m" | "1h";

/**
 * What a provider signed or encrypted of its model's reasoning. Only a backend of the same dialect understands it, and some
 * refuse a conversation without it; to all others it is never sent.
 */
export interface Proof {
  readonly dialect: DialectName;
  /** Opaque. */
  readonly data: string;
  /** The provider's own name for that piece of reasoning, where it has one. */
  readonly id?: string;
  /** The reasoning itself is not told, and stands encrypted in `data`. */
  readonly redacted?: true;
}

/** Plain text. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
  readonly cache?: CacheMark;
}

/** `data` is base64 when `media` is set, else an http(s) address the backend fetches itself. */
export interface ImagePart {
  readonly type: "image";
  readonly media?: string;
  readonly data: string;
  readonly detail?: string;
  readonly cache?: CacheMark;
}

/** What a model thought before it spoke. `text` is empty where only its proof is known. */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
  readonly proof?: Proof;
}

/** A call that a model made. `arguments` is JSON as text. */
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  readonly proof?: Proof;
}

/** What came of a call. `failed`: the tool says that it went wrong. */
export interface ToolResultPart {
  readonly type: "tool-result";
  /** Of the call. */
  readonly id: string;
  readonly content: readonly (TextPart | ImagePart)[];
  readonly failed?: true;
  readonly cache?: CacheMark;
}

/** One piece of a message. */
export type Part = TextPart | ImagePart | ReasoningPart | ToolCallPart | ToolResultPart;

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
  readonly cache?: CacheMark;
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

/**
 * Something a request asks for that a dialect or a type of backend cannot be sent. `field` is its path, as the caller or OpenAI chat
 * calls it. What is `harmless` is left out and told; anything else keeps the request away from that backend.
 */
export interface Gap {
  readonly field: string;
  readonly harmless: boolean;
}

/** Why a model stopped, in the words of OpenAI chat. */
export type StopReason = "stop" | "length" | "tool_calls" | "content_filter";

/** Real content: what ends the wait for an answer and commits nexus to the backend that sent it. */
export type ContentEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  | { readonly type: "refusal-delta"; readonly text: string }
  /** `index` counts the calls of one answer from 0; their pieces may come interleaved. */
  | {
      readonly type: "tool-call-start";
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly proof?: Proof;
    }
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
  /** The reasoning so far, since the last proof, is proven by this. A piece of reasoning ends with it. */
  | { readonly type: "reasoning-proof"; readonly proof: Proof }
  | BytesEvent
  /** `stopSequence`: which of the caller's stop sequences ended it, where the backend says so. */
  | {
      readonly type: "response-end";
      readonly reason: StopReason;
      readonly stopSequence?: string;
      readonly usage?: Usage;
    }
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
