import type { BackendType, DialectName, ModelInfo } from "../core/backend.ts";
import type { ChatEvent, ChatRequest, Gap, Params, StreamWatch } from "../core/chat.ts";
import type { Failure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { RunError } from "../core/outcome.ts";
import type { Door } from "../core/request-record.ts";
import type { Member } from "./json-body.ts";

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
  /** For the caller's own bytes: the profile's system text, where they have none. */
  readonly system?: string | undefined;
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
  /** How streams are framed: server-sent events, or one JSON object a line. */
  readonly framing: "sse" | "ndjson";
  /** Where servers of this dialect take OpenAI's embeddings, below their base address. Default: at it. */
  readonly openaiUnder?: string;
  readonly request: {
    /** Leaves out what `gaps` names as harmless; is not asked for a request with any other gap. */
    encode(request: ChatRequest, target: EncodeTarget): WireRequest;
    /** What of a request this dialect, or this type of backend, cannot be sent. */
    gaps(request: ChatRequest, target: Pick<EncodeTarget, "type" | "model" | "params">): readonly Gap[];
  };
  /** The whole body of an unstreamed answer, parsed. */
  readonly answer: { decode(body: unknown): readonly ChatEvent[] };
  readonly stream: { decoder(): StreamDecoder };
  readonly failure: { decode(response: WireFailure): Failure };
  /** Free listing of models: whether a server is there, the key good, and what it serves. */
  readonly models: {
    request(key: string | undefined): WireRequest;
    /** Names as users write them and as requests take them. Undefined: not a model list. */
    decode(body: unknown): readonly ModelInfo[] | undefined;
  };
}

/** Where a request was sent, beside its body. */
export interface AskedAt {
  /** What stands for the `*` of the path, percent-escapes undone; empty where the path has none. */
  readonly rest: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** A request that a front door could read. */
export interface DoorRequest {
  readonly ok: true;
  /** `count`: only how many tokens the prompt has. `load`: only that the model is there, so that nobody is asked anything. */
  readonly task: "chat" | "embeddings" | "count" | "load";
  /** What the client calls the model: a profile, an alias or a model. */
  readonly model: string;
  /** Whether the client wants the answer as a stream. `request.params.stream` says the same. */
  readonly stream: boolean;
  /** Whether a stream is to tell its usage, in dialects where clients say so. */
  readonly includeUsage: boolean;
  readonly request: ChatRequest;
  /** What only a backend of the same dialect can be sent; `request` is without it. */
  readonly gaps: readonly Gap[];
  /** The body as the client wrote it, and where its members stand. */
  readonly text: string;
  readonly members: readonly Member[];
  /** Headers of the client that go along to a backend of the same dialect. No credentials. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The client wants the answer in a form that no backend is asked for, so that its bytes cannot pass. */
  readonly reframed?: true;
  /** What the door has to know of the request to write its answer, and nobody else reads. */
  readonly forAnswer?: JsonObject;
}

/** What a request says of the form of its answer. */
export type Framing = Pick<DoorRequest, "includeUsage" | "reframed" | "forAnswer">;

/** Why a front door sends a request back, before anything was sent on. */
export interface BadRequest {
  readonly ok: false;
  readonly status: number;
  /** For people: what is wrong and where. Nothing of the body is repeated. */
  readonly message: string;
  /** Stable, for scripts: `invalid_json`, `invalid_model`, … */
  readonly code: string;
  /** Path of the field that is wrong. */
  readonly param?: string;
}

/** One name that can be asked for. */
export interface ModelEntry {
  readonly id: string;
  /** Who serves it: a backend's name, or `nexus` for profiles and aliases. */
  readonly owner: string;
  /** What its backend says of it, where there is one. */
  readonly info?: ModelInfo;
}

/** What every answer says of itself. */
export interface AnswerIdentity {
  /** Of letters and digits; a dialect puts its own mark before it. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The model that answers. */
  readonly model: string;
  /** Milliseconds since the request came. */
  readonly elapsedMs?: () => number;
}

/** Writes the answer of a backend of another dialect as a stream, piece by piece. */
export interface StreamEncoder {
  /** The bytes for this event, as text; empty when it says nothing in this dialect. */
  push(event: ChatEvent): string;
  /** What is written where the stream breaks off, if that depends on what stands before it; else the door's `encodeFailure` says it. */
  breakOff?(message: string, code?: string): string;
}

/** What a client can act on when nothing could answer, as in `docs/schemas/actionable-error.json`. */
export interface ErrorContext {
  readonly required_tier: number | null;
  readonly available_backends: readonly {
    readonly name: string;
    readonly status: "healthy" | "unhealthy" | "at_capacity";
    readonly zone: "restricted" | "open";
    readonly tier: number;
  }[];
  /** Computed, never guessed. */
  readonly eta_seconds: number | null;
}

/** A whole answer of a front door. Header names in lower case. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One kind of request to a model that clients of a dialect send. */
export interface DoorAsk {
  /** Takes POST. May end in `*`. */
  readonly path: string;
  /** How the history calls it. */
  readonly name: Door;
  decode(body: Uint8Array, at: AskedAt): DoorRequest | BadRequest;
  /** The client's own bytes for a backend of the same dialect. */
  encodeSame(request: DoorRequest, target: EncodeTarget): WireRequest;
  /** Reads the answer to a request of the task `embeddings`. */
  readonly decodeAnswer?: (body: unknown) => readonly ChatEvent[];
}

/** Something that a door answers by itself: lists of models and the like. */
export interface DoorPage {
  readonly method: "GET" | "POST";
  /** May end in `*`. */
  readonly path: string;
  answer(names: readonly ModelEntry[], asked: AskedAt & { readonly body: Uint8Array }): WireAnswer;
}

/** One wire language, towards clients. */
export interface FrontDoor {
  readonly dialect: DialectName;
  /** In which header its SDKs look for the id of a request, in lower case. */
  readonly requestIdHeader?: string;
  /** Whether an error at this path has to be told in this dialect; the first door that says so tells it. */
  speaksAt(path: string, headers: AskedAt["headers"]): boolean;
  readonly asks: readonly DoorAsk[];
  /** Of two doors with a page at the same path, the one that `speaksAt` says it is answers. */
  readonly pages: readonly DoorPage[];
  /** A whole answer, of events that end well. */
  readonly answer: {
    encode(events: readonly ChatEvent[], identity: AnswerIdentity, request: Framing): string;
    /** Writes the vectors of an answer in OpenAI's words; missing where clients read those. */
    encodeVectors?(bytes: Uint8Array, request: Framing): string;
  };
  readonly stream: {
    contentType(request: Framing): string;
    encoder(identity: AnswerIdentity, request: Framing): StreamEncoder;
    /** Whether the bytes of a backend's stream go through the encoder, which frames them otherwise; else they pass untouched. */
    reframes?(request: Framing): boolean;
    /** For bytes that pass untouched. */
    watch(): StreamWatch;
    /** What is written into a stream that has begun and cannot go on; the connection is cut after it. */
    encodeFailure(message: string, code?: string): string;
  };
  /** The answer to a request of the task `count`; missing in dialects without one. */
  readonly count?: { encode(tokens: number): string };
  /** The answer to a request of the task `load`; missing in dialects without one. */
  readonly load?: { encode(identity: AnswerIdentity, request: Framing): string };
  readonly failure: {
    encode(error: RunError, context: ErrorContext, requestId: string): WireAnswer;
    encodeBad(request: BadRequest, requestId: string): WireAnswer;
  };
}
