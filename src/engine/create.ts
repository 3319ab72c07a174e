import type { Backend } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import { FailureSignal } from "../core/failure.ts";
import type { Outcome, RunEvent } from "../core/outcome.ts";
import { type Soon, withSoon } from "../core/soon.ts";
import type { Take } from "../core/take.ts";
import type { Candidate, Plan, Refusal } from "../routing/plan.ts";
import { timeoutFailure } from "./attempt.ts";
import { withCosts } from "./cost.ts";
import type { Engine, EngineDeps, RunInput } from "./engine.ts";
import { foresee } from "./foresee.ts";
import type { Arrival, Journey } from "./journey.ts";
import { outcomeOf } from "./outcome.ts";
import { planFor } from "./planning.ts";
import { forgetStay, stay } from "./starts.ts";
import { walk } from "./walk.ts";

/** Builds the engine over the world it is given. */
export function createEngine(deps: EngineDeps): Engine {
  return {
    async foresee(input, signal) {
      const { plan } = await planFor(input, deps, { take: false, signal });
      return foresee(plan, input, deps);
    },
    run: (input, signal, tell) => run(input, signal, deps, tell),
  };
}

async function run(
  input: RunInput,
  signal: AbortSignal,
  deps: EngineDeps,
  tell: Take<RunEvent>,
): Promise<Outcome> {
  const began = { at: deps.wallMs(), on: deps.clock.now() };
  const { timeoutMs } = input;
  const limit = timeoutMs === undefined ? undefined : limited(signal, timeoutMs, deps.clock);
  const own = limit?.signal ?? signal;
  try {
    const { plan, taken, gapsOf } = await planFor(input, deps, { take: true, signal: own });
    const journey: Journey = {
      plan,
      request: input.request,
      wire: input.wire,
      gapsOf,
      requestId: input.requestId,
      deadline: began.on + Math.min(plan.settings.total_timeout_ms, timeoutMs ?? Number.POSITIVE_INFINITY),
      rateLimitWaitMs: plan.settings.rate_limit_wait_ms ?? input.rateLimitWaitMs,
      tell,
      signal: own,
      taken: new Set(taken),
      attempts: [],
      answering: undefined,
      deps,
    };
    return await travel(journey, input, began);
  } finally {
    limit?.end();
  }
}

/** A signal that aborts with another one, and when the caller's own time is up. */
function limited(signal: AbortSignal, ms: number, clock: Clock): { signal: AbortSignal; end: () => void } {
  const own = new AbortController();
  const abort = () => own.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  const cancel = clock.after(ms, () => own.abort(new FailureSignal(timeoutFailure("total", ms, true))));
  return {
    signal: own.signal,
    end() {
      cancel();
      signal.removeEventListener("abort", abort);
    },
  };
}

/** From the plan to the outcome, and, however it ends, to one record of it. `on`: when it began by the engine's clock. */
async function travel(
  journey: Journey,
  { door, target }: RunInput,
  began: { at: number; on: number },
): Promise<Outcome> {
  const { plan, deps, tell } = journey;
  const arrive = (arrival: Arrival): Soon<Outcome> => {
    const durationMs = deps.clock.now() - began.on;
    return withSoon(withCosts(journey.attempts, deps), (attempts) =>
      outcomeOf(journey, attempts, arrival, durationMs),
    );
  };
  let outcome: Outcome | undefined;
  try {
    for (const message of warningsOf(plan)) await tell({ type: "warning", message });
    const arrival = await walk(journey);
    if (arrival.kind === "answered") {
      const staying = stay(arrival.candidate, deps.state);
      if (staying !== undefined) await staying;
    } else if (membersFailed(arrival)) await forgetStay(stickyProfiles(plan), deps.state);
    const arriving = arrive(arrival);
    outcome = arriving instanceof Promise ? await arriving : arriving;
    const told = tell({ type: "outcome", outcome });
    if (told !== undefined) await told;
    return outcome;
  } finally {
    outcome ??= await arrive({ kind: "broken" });
    const writing = deps.ledger.append({ at: began.at, door, target, outcome });
    if (writing !== undefined) await writing;
  }
}

const NO_WARNINGS: readonly string[] = [];

function isWorthAWord(entry: Candidate | Refusal): boolean {
  return entry.kind === "candidate" ? entry.droppedParams.length > 0 : entry.failure !== undefined;
}

function warningsOf(plan: Plan): readonly string[] {
  if (!plan.entries.some(isWorthAWord)) return NO_WARNINGS;
  const dropped = new Map<string, Backend>();
  const broken: string[] = [];
  for (const entry of plan.entries) {
    if (entry.kind === "candidate") {
      for (const name of entry.droppedParams) dropped.set(name, entry.backend);
    } else if (entry.failure !== undefined) {
      broken.push(`member ${entry.label}: ${entry.why}`);
    }
  }
  return [
    ...broken,
    ...[...dropped].map(
      ([name, backend]) =>
        `parameter ${name} is left out: backend ${backend.name} (${backend.type}) does not know it`,
    ),
  ];
}

/** Whether members failed, rather than the user going away or having asked for something impossible. */
function membersFailed(arrival: Arrival): boolean {
  if (arrival.kind === "stopped") return !["invalid", "refused", "context"].includes(arrival.by.outcome);
  return arrival.kind === "exhausted" || arrival.kind === "broke-off";
}

function stickyProfiles(plan: Plan): ReadonlySet<string> {
  const groups = plan.entries.flatMap((entry) => (entry.kind === "candidate" ? entry.groups : []));
  return new Set(
    groups.flatMap(({ name, settings }) => (name !== undefined && settings.failover_sticky ? [name] : [])),
  );
}
