import type { BackendType, ModelInfo } from "../core/backend.ts";
import type { ChatEvent, ChatRequest, Params } from "../core/chat.ts";
import type { Failure } from "../core/failure.ts";

/** An HTTP request as a dialect writes it; the address of the backend is put before `path`. */
export interface WireRequest {
  readonly method: "GET" | "POST";
  /** Below the backend's base address, with a leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One framed message of a stream: an SSE event, or one line of NDJSON. */
export interface WireEvent {
  readonly event?: string;
  readonly data: string;
}

/** An answer that is an error, body read and bounded. Header names in lower case. */
export interface WireFailure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Where a request goes and what it must carry. */
export interface EncodeTarget {
  readonly type: BackendType;
  readonly model: string;
  readonly params: Params;
  readonly stream: boolean;
  /** The key's text, if the backend has one. */
  readonly key: string | undefined;
}

/** Reads one stream. Pure and synchronous: framing, bytes and clocks are the caller's. */
export interface StreamDecoder {
  /** What one framed message means, in order. A `failure` ends the stream. */
  push(event: WireEvent): readonly ChatEvent[];
  /** Transport ended: `response-end` when the answer was complete, else a `failure` that says it was cut. */
  end(): readonly ChatEvent[];
  /**
   * `open`: content may follow. `finished`: the answer is complete, but its usage or terminator may still come.
   * `closed`: nothing may follow.
   */
  state(): "open" | "finished" | "closed";
}

/** One wire language, towards backends. Front doors add the other direction to the same folder. */
export interface Dialect {
  readonly framing: "sse";
  readonly request: { encode(request: ChatRequest, target: EncodeTarget): WireRequest };
  /** The whole body of an unstreamed answer, parsed. */
  readonly answer: { decode(body: unknown): readonly ChatEvent[] };
  readonly stream: { decoder(): StreamDecoder };
  readonly failure: { decode(response: WireFailure): Failure };
  /** Free listing of models: whether a server is there, the key good, and what it serves. */
  readonly models: {
    request(key: string | undefined): WireRequest;
    /** Undefined: not a model list. */
    decode(body: unknown): readonly ModelInfo[] | undefined;
  };
}
