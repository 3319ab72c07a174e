import type { Backend, BackendType, DialectName, ModelInfo, Secret } from "./backend.ts";
import type { ChatEvent, ChatRequest, Gap, Params, StreamWatch } from "./chat.ts";
import type { ProfileLookup } from "./profile.ts";
import type { RequestRecord } from "./request-record.ts";
import type { Soon } from "./soon.ts";
import type { Stop } from "./stop.ts";
import type { Take } from "./take.ts";
import type { Usage } from "./usage.ts";

/** A number in [0, 1), handed in so that chance can be tested. */
export type Chance = () => number;

/** Shared facts as they were at one moment. */
export interface Snapshot {
  /** The store's own time, in milliseconds since 1970 or so: all processes share it, and it never goes back. */
  readonly now: number;
  readonly entries: ReadonlyMap<string, unknown>;
}

/**
 * Shared facts, kept under string keys as JSON. Times in them are the store's. `update` is a compare-and-swap: `fn` may
 * run more than once and must be pure; what it throws surfaces. A store never makes a request fail.
 */
export interface StateStore {
  /** The entries of these keys, as far as there are any; with a prefix, of all keys that begin with it. */
  read(keys: readonly string[] | { readonly prefix: string }): Soon<Snapshot>;
  /**
   * Returns what `fn` returned; undefined removes the key. `together`: all processes have to agree on it now, such as on who
   * has a permit, even if a store answers from memory otherwise.
   */
  update<T>(
    key: string,
    fn: (current: unknown, now: number) => T | undefined,
    how?: { readonly together?: boolean },
  ): Soon<T | undefined>;
  close(): Promise<void>;
}

/** The record of what became of requests. It never makes a request fail: trouble is told once, and records are lost. */
export interface Ledger {
  append(record: RequestRecord): Promise<void> | undefined;
  close(): Promise<void>;
}

/** Finds a backend's key; undefined when there is none. */
export type FindKey = (backend: Backend) => Soon<Secret | undefined>;

/** Names the user can speak of: profiles and backends, with whatever is broken told rather than thrown. */
export interface Catalog {
  readonly backends: readonly Backend[];
  backend(name: string): Backend | undefined;
  profile(name: string): ProfileLookup;
  /** Whether a profile of this name is saved, be it a broken one. */
  hasProfile(name: string): boolean;
  /** Names of all saved profiles, broken ones included. */
  profileNames(): readonly string[];
}

/** The caller's own request in its own language, for backends that speak the same. */
export interface WireAsk {
  readonly dialect: DialectName;
  /** Whether its bytes may go to a backend of that dialect as they are; else they are translated there, too. */
  readonly passes: boolean;
  /** What of it only a backend of the same dialect can be sent. */
  readonly gaps: readonly Gap[];
  /** Go with the request to every backend, whatever it speaks. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The HTTP request for a backend: the caller's bytes with the model and what a profile adds put in. */
  encode(target: {
    readonly type: BackendType;
    readonly model: string;
    readonly params: Params;
    readonly stream: boolean;
    readonly key: string | undefined;
    /** The profile's system text, where the request has none. */
    readonly system?: string | undefined;
  }): {
    readonly method: "GET" | "POST";
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** Watches a stream that passes untouched. */
  watch(): StreamWatch;
  /** Reads a whole answer that is none to a chat. It ends well when there is something in it. */
  readonly decode?: ((body: unknown) => readonly ChatEvent[]) | undefined;
}

/** How a backend does at the moment, as far as this process knows. */
export interface BackendLoad {
  /** Requests of this process that are under way. */
  readonly pending: number;
  /** Mean time of its last answers, in milliseconds; 0 while there are none. */
  readonly latencyMs: number;
  /** `unhealthy` and `draining` are asked nothing; `unknown` may serve. */
  readonly status: "healthy" | "unhealthy" | "unknown" | "draining";
  /** Why it is not healthy, on one line and without any key, where that is known. */
  readonly error?: string | undefined;
}

/** How the backend of this name does. Asked once for each candidate: it answers at once, from memory. */
export type LoadOf = (backend: string) => BackendLoad;

/** A backend that serves a model, with what it says of it. */
export interface Serving {
  readonly backend: Backend;
  readonly info: ModelInfo;
}

/** Which backends serve which model, as far as it is known. */
export interface ModelIndex {
  /** Those that serve this model, in the order of the catalog. */
  serving(model: string): readonly Serving[];
  /** Every model that somebody serves. */
  names(): Iterable<string>;
  /** Backends whose list of models did not come. */
  readonly silent: readonly string[];
  /** Asks those again whose lists were only remembered; absent where nothing newer is to be had. */
  again?(signal: AbortSignal): Promise<ModelIndex>;
}

/** Finds out which backends serve which model: at once where it is known, and not for longer than the signal lets it. */
export type FindModels = (signal: AbortSignal) => Soon<ModelIndex>;

/** One request to one backend. */
export interface UpstreamCall {
  readonly backend: Backend;
  readonly model: string;
  readonly request: ChatRequest;
  /** The parameters in force: request over load balancer over member. */
  readonly params: Params;
  readonly stream: boolean;
  readonly key: Secret | undefined;
  /** Milliseconds to wait for the connection. */
  readonly connectMs: number;
  /** Ends the call; why it does is how the events end. */
  readonly stop: Stop;
  /** Set: a backend of that dialect gets the caller's own request, and its answer comes as `bytes` where it can. */
  readonly wire?: WireAsk | undefined;
}

/**
 * Sends a request and tells the answer as events; resolves when they are taken. Never throws for what a backend does: the last
 * event says it.
 */
export type Send = (call: UpstreamCall, take: Take<ChatEvent>) => Promise<void>;

/** What these tokens cost, in USD. Undefined: no price is known, which is not the same as free. Never rejects. */
export type CostOf = (backend: Backend, model: string, usage: Usage) => Soon<number | undefined>;

/** The models of a backend, and whether it was not asked for them because they were known. */
export interface ModelList {
  readonly models: readonly ModelInfo[];
  readonly remembered: boolean;
}

/**
 * The models of a backend. With `anew` it is asked even if they are known. Undefined: nothing is known, and it did not
 * answer usably in time.
 */
export type ListModels = (
  backend: Backend,
  signal: AbortSignal,
  how?: { readonly anew?: boolean },
) => Promise<ModelList | undefined>;

/**
 * Hears that a request goes out to a backend; what it returns is called once, when that is over. `latencyMs`: until first
 * content, or the whole of an unstreamed answer, where one came.
 */
export type HearAttempt = (
  backend: string,
) => (end: { readonly success: boolean; readonly latencyMs?: number | undefined }) => void;
