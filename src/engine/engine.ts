import type { Zone } from "../core/backend.ts";
import type { ChatRequest } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { Outcome, RunEvent } from "../core/outcome.ts";
import type {
  Catalog,
  Chance,
  CostOf,
  FindKey,
  FindModels,
  HearAttempt,
  Ledger,
  LoadOf,
  Send,
  StateStore,
  WireAsk,
} from "../core/ports.ts";
import type { Door } from "../core/request-record.ts";
import type { RoutingRules } from "../core/routing.ts";
import type { Settings } from "../core/settings.ts";
import type { Take } from "../core/take.ts";
import type { Foresight } from "./foresee.ts";
import type { Slots } from "./slots.ts";

/** What to answer, through whom, and how strictly. */
export interface RunInput {
  readonly requestId: string;
  readonly door: Door;
  readonly target: { readonly kind: "profile" | "model"; readonly name: string };
  readonly request: ChatRequest;
  /** What is asked for, if it is no chat; `request` then holds the texts, and `wire` the request. */
  readonly task?: "embeddings" | undefined;
  /** The request as it came, for backends that speak the caller's language. */
  readonly wire?: WireAsk | undefined;
  /** Tightens what profiles and policies ask for; never loosens it. */
  readonly zone?: Zone | undefined;
  readonly minTier?: number | undefined;
  /** Only candidates with the first model in policy order. */
  readonly noFallback?: boolean | undefined;
  /** The caller's own limit for the whole run, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** What `rate_limit_wait_ms` is where nobody set it: 10000 from the command line, 0 from the server. */
  readonly rateLimitWaitMs: number;
}

/** What the engine needs from the world. */
export interface EngineDeps {
  readonly catalog: Catalog;
  readonly state: StateStore;
  readonly send: Send;
  readonly findModels: FindModels;
  readonly findKey: FindKey;
  /** Aliases, chains and policies, and how the backends of a bare model are ordered. */
  readonly rules: RoutingRules;
  readonly loadOf: LoadOf;
  /** The requests of this process that are under way. One count for all engines of a process. */
  readonly slots: Slots;
  readonly hearAttempt: HearAttempt;
  /** Settings for models that are asked for without a profile. */
  readonly routingSettings: Settings;
  /** Tokens of the prompt for a model, and whether that is exact. */
  readonly countTokens: (request: ChatRequest, model: string) => Promise<{ tokens: number; exact: boolean }>;
  /** Asked at the end of a run, for each attempt that has usage. */
  readonly costOf: CostOf;
  /** Gets one record of every run that began, when it is over. */
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Milliseconds since 1970 by the clock on the wall, which may jump. */
  readonly wallMs: () => number;
  readonly chance: Chance;
}

/** The one way from a request to an answer. */
export interface Engine {
  /**
   * Whom `run` would ask, in order, who is ruled out by what, and how it would end if nobody is left. Sends no prompt and
   * changes no state. Throws `Problem` for an unknown target.
   */
  foresee(input: RunInput, signal: AbortSignal): Promise<Foresight>;
  /**
   * Asks the candidates until one answers, and tells what happens on the way; the last event is the outcome, which it also
   * resolves to. Whoever listens no more aborts the signal. Throws `Problem` for an unknown target.
   */
  run(input: RunInput, signal: AbortSignal, tell: Take<RunEvent>): Promise<Outcome>;
}
