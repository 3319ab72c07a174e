import type { IncomingHttpHeaders } from "node:http";
import type { FullAnswer } from "../answer.ts";

/** A chat request as a scripted backend understands it. */
export interface MockCall {
  readonly model: string;
  readonly stream: boolean;
  /** Whether the caller wants usage at the end of the stream. */
  readonly includeUsage: boolean;
  /** Text of the last user message, or all texts to embed. */
  readonly prompt: string;
  /** Set: vectors are asked for, so many, as base64 or as numbers. */
  readonly vectors?: { readonly count: number; readonly base64: boolean };
  /** Set: the text is to be continued, as in no conversation. */
  readonly generates?: true;
  /** Counts the chat requests of one server, from 1. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** An error as a provider tells it. */
export interface MockError {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  /** A wait that the body states, such as `17s`. */
  readonly retryDelay?: string;
}

/** One model of the list; fields beyond `id` are sent as they stand. */
export interface MockModel {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** The framed messages of one stream, as they go over the wire. */
export interface Frames {
  /** Before the first content: a role, an envelope. */
  readonly opening: readonly string[];
  /** Reasoning, before the text. */
  readonly reasoning: readonly string[];
  text(piece: string): string;
  /** Refusal and tool calls, after the text. */
  readonly rest: readonly string[];
  /** The stop reason. */
  readonly finish: readonly string[];
  readonly usage: readonly string[];
  /** The terminator. */
  readonly done: readonly string[];
  error(error: MockError): string;
  /** A framed message whose content is not valid. */
  readonly malformed: string;
  readonly ping: string;
}

/** One wire language, as a server speaks it. */
export interface MockDialect {
  /** Paths of chat requests. */
  readonly chatPaths: readonly string[];
  /** The same where a path holds more than a name. */
  readonly chatPattern?: RegExp;
  readonly embeddingsPaths: readonly string[];
  readonly modelsPaths: readonly string[];
  /** Further paths that every server of this kind answers, as in a mock's own pages. */
  readonly pages?: Readonly<Record<string, unknown>>;
  readonly streamType: string;
  /** The key a client sent, if any. */
  keyOf(headers: IncomingHttpHeaders): string | undefined;
  /** Undefined: not a chat request, nor one for vectors. */
  read(body: unknown, path: string): Omit<MockCall, "number" | "atMs"> | undefined;
  /** The body of an unstreamed answer. */
  answer(answer: FullAnswer, call: MockCall): string;
  frames(answer: FullAnswer, call: MockCall): Frames;
  error(error: MockError): string;
  models(models: readonly MockModel[], atMs: number): string;
}
