import type { Backend, ModelInfo } from "../../src/core/backend.ts";
import type { ChatEvent, ChatRequest } from "../../src/core/chat.ts";
import { pause } from "../../src/core/clock.ts";
import type { Failure } from "../../src/core/failure.ts";
import type { Outcome, RunEvent } from "../../src/core/outcome.ts";
import type { BackendLoad, CostOf, HearAttempt, StateStore, UpstreamCall } from "../../src/core/ports.ts";
import type { LoadBalancerProfile, ModelProfile, Profile } from "../../src/core/profile.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { DEFAULT_RULES, type RoutingRules } from "../../src/core/routing.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../src/core/settings.ts";
import type { Take } from "../../src/core/take.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Engine, RunInput } from "../../src/engine/engine.ts";
import type { Foresight } from "../../src/engine/foresee.ts";
import { countSlots } from "../../src/engine/slots.ts";
import { indexModels } from "../../src/routing/model-index.ts";
import { memoryStore } from "../../src/state/memory.ts";
import { type FakeClock, fakeClock } from "./fake-clock.ts";

/** What a scripted backend does with one call: an answer, a failure, silence, or events of its own. */
export type Act = "ok" | "hang" | Failure | readonly (ChatEvent | { wait: number })[];

/** A backend with every default, for tests. */
export function backend(name: string, over: Partial<Backend> = {}): Backend {
  return {
    name,
    type: "generic",
    dialect: "openai-chat",
    url: "http://127.0.0.1:1/v1",
    key: { env: [], required: false },
    zone: "restricted",
    tier: 1,
    priority: 50,
    timeouts: {
      connectMs: 10_000,
      firstContentMs: 300_000,
      answerMs: 300_000,
      idleMs: 60_000,
      totalMs: 600_000,
    },
    headers: {},
    extraParams: [],
    alsoSpeaks: [],
    usualModels: [],
    source: "configured",
    ...over,
  };
}

/** A model profile `name` on backend `name`. */
export function model(name: string, over: Partial<ModelProfile> = {}): ModelProfile {
  return { type: "model", name, backend: name, model: `${name}-model`, params: {}, ...over };
}

/** A load balancer. */
export function balancer(
  name: string,
  members: readonly string[],
  over: Partial<Omit<LoadBalancerProfile, "settings">> & { settings?: Partial<Settings> } = {},
): LoadBalancerProfile {
  const { settings, ...rest } = over;
  return {
    type: "loadbalancer",
    name,
    policy: "failover",
    members,
    params: {},
    ...rest,
    settings: { ...DEFAULT_SETTINGS, ...settings },
  };
}

/** An engine over scripted backends and a clock that stands still. */
export interface Bench {
  readonly engine: Engine;
  readonly clock: FakeClock;
  readonly state: StateStore;
  /** Every call that was sent, in order, as the model names. */
  readonly calls: UpstreamCall[];
  /** What the ledger got. */
  readonly records: readonly RequestRecord[];
  /** Calls that are under way. */
  open(): number;
  start(over?: Partial<RunInput>, signal?: AbortSignal): { events: RunEvent[]; done: Promise<Outcome> };
  foresee(over?: Partial<RunInput>): Promise<Foresight>;
  /** Runs to the end, moving the clock on as far as it takes. */
  run(
    over?: Partial<RunInput>,
    signal?: AbortSignal,
  ): Promise<Outcome & { events: RunEvent[]; text: string }>;
}

/** Builds one. `acts` are what each model does, call by call; the last repeats. */
export function bench(options: {
  profiles: readonly Profile[];
  acts?: Readonly<Record<string, readonly Act[]>>;
  backends?: readonly Backend[];
  /** What backends list by themselves; what they state is in their records. */
  lists?: Readonly<Record<string, readonly ModelInfo[]>>;
  /** Backends that have a key, with what tells it apart. */
  keys?: ReadonlyMap<string, string>;
  /** Default: no price is known. */
  costOf?: CostOf;
  rules?: Partial<RoutingRules>;
  /** How backends do; what is not said is nothing under way, and nothing known. */
  load?: Readonly<Record<string, Partial<BackendLoad>>>;
  /** Default: nobody listens. */
  hearAttempt?: HearAttempt;
}): Bench {
  const clock = fakeClock();
  const state = memoryStore(clock);
  const calls: UpstreamCall[] = [];
  const records: RequestRecord[] = [];
  let open = 0;
  const profiles = new Map(options.profiles.map((profile) => [profile.name, profile]));
  const backends =
    options.backends ??
    options.profiles.flatMap((profile) => (profile.type === "model" ? [backend(profile.backend)] : []));

  async function send(call: UpstreamCall, take: Take<ChatEvent>): Promise<void> {
    const acts = options.acts?.[call.model] ?? ["ok"];
    const nth = calls.filter((other) => other.model === call.model).length;
    calls.push(call);
    open += 1;
    try {
      for await (const event of play(acts[Math.min(nth, acts.length - 1)] ?? "ok", call)) await take(event);
    } finally {
      open -= 1;
    }
  }

  function passes(ms: number, stop: UpstreamCall["stop"]): Promise<boolean> {
    const left = new AbortController();
    stop.onStop = () => left.abort();
    if (stop.why !== undefined) left.abort();
    return pause(clock, ms, left.signal);
  }

  async function* play(act: Act, call: UpstreamCall): AsyncGenerator<ChatEvent> {
    if (act === "ok") {
      yield { type: "response-start", id: "1" };
      yield { type: "text-delta", text: `hello from ${call.model}` };
      yield { type: "response-end", reason: "stop" };
      return;
    }
    if (act !== "hang" && "class" in act) {
      yield { type: "failure", failure: act };
      return;
    }
    for (const step of act === "hang" ? [{ wait: Number.MAX_SAFE_INTEGER }] : act) {
      if (!("wait" in step)) yield step;
      else if (!(await passes(step.wait, call.stop))) {
        if (call.stop.why !== undefined) yield { type: "failure", failure: call.stop.why };
        return;
      }
    }
  }

  const engine = createEngine({
    catalog: {
      backends,
      backend: (name) => backends.find((one) => one.name === name),
      profile: (name) => {
        const profile = profiles.get(name);
        return profile === undefined ? { found: false, why: "no such profile" } : { found: true, profile };
      },
      hasProfile: (name) => profiles.has(name),
      profileNames: () => [...profiles.keys()],
    },
    state,
    send,
    findModels: async () =>
      indexModels(backends.map((one) => ({ backend: one, models: options.lists?.[one.name] ?? one.models }))),
    rules: { ...DEFAULT_RULES, ...options.rules },
    slots: countSlots(),
    loadOf: (name) => ({ pending: 0, latencyMs: 0, status: "unknown", ...options.load?.[name] }),
    hearAttempt: options.hearAttempt ?? (() => () => {}),
    findKey: async (one) => {
      const fingerprint = options.keys?.get(one.name);
      return fingerprint === undefined ? undefined : { reveal: () => "sk-test", fingerprint };
    },
    countTokens: async (asked) => ({ tokens: length(asked), exact: false }),
    costOf: options.costOf ?? (async () => undefined),
    routingSettings: DEFAULT_SETTINGS,
    ledger: {
      async append(record) {
        records.push(record);
      },
      async close() {},
    },
    clock,
    wallMs: clock.now,
    chance: () => 0,
  });

  const inputOf = (over: Partial<RunInput>): RunInput => ({
    requestId: `req_${calls.length}`,
    door: "chat",
    target: { kind: "profile", name: "lb" },
    request: ask(),
    rateLimitWaitMs: 10_000,
    ...over,
  });
  const start: Bench["start"] = (over = {}, signal = new AbortController().signal) => {
    const events: RunEvent[] = [];
    const input = inputOf(over);
    return { events, done: engine.run(input, signal, (event) => void events.push(event)) };
  };

  return {
    engine,
    clock,
    state,
    calls,
    records,
    open: () => open,
    start,
    foresee: (over = {}) => engine.foresee(inputOf(over), new AbortController().signal),
    async run(over, signal) {
      const { events, done } = start(over, signal);
      let finished = false;
      const watch = done.finally(() => {
        finished = true;
      });
      watch.catch(() => {});
      for (let step = 0; step < 2_000 && !finished; step++) await clock.advance(step === 0 ? 0 : 1_000);
      const outcome = await done;
      return { ...outcome, events, text: textOf(events) };
    },
  };
}

/** A request with one user message. */
export function ask(text = "hi", over: Partial<ChatRequest> = {}): ChatRequest {
  return { messages: [{ role: "user", parts: [{ type: "text", text }] }], tools: [], params: {}, ...over };
}

/** The text that was passed on. */
export function textOf(events: readonly RunEvent[]): string {
  return events
    .flatMap((event) =>
      event.type === "chat" && event.event.type === "text-delta" ? [event.event.text] : [],
    )
    .join("");
}

function length(request: ChatRequest): number {
  return request.messages.reduce(
    (sum, { parts }) =>
      sum + parts.reduce((all, part) => all + (part.type === "text" ? part.text.length : 0), 0),
    0,
  );
}
