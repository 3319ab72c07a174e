import type { HealthSettings } from "../config/schema.ts";
import type { Backend } from "../core/backend.ts";
import { type Clock, pause } from "../core/clock.ts";
import { formatDuration } from "../core/duration.ts";
import { type Failure, FailureSignal } from "../core/failure.ts";
import type { Chance } from "../core/ports.ts";
import { findingOf, judge, NO_STREAK, type Streak } from "./judge.ts";
import type { Listing } from "./list-models.ts";
import { failureText, listingFailure } from "./listing-failure.ts";
import type { LiveBackend } from "./live-backend.ts";
import type { SendProbe } from "./probe.ts";
import type { Registry } from "./registry.ts";

/** What health checks need of the world. */
export interface HealthDeps {
  readonly registry: Registry;
  /** Asks a backend for its models, which is free. */
  readonly list: (backend: Backend, signal: AbortSignal) => Promise<Listing>;
  readonly probe: SendProbe;
  readonly settings: HealthSettings;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Told of a bug of ours. The checks go on. */
  readonly bug: (error: unknown) => void;
}

/** Intervals are this much longer or shorter, by chance, so that servers that started together do not stay together. */
const JITTER = 0.1;

/** Multiples of this, modulo 1, lie as far apart as they can however many there are. */
const GOLDEN = 0.618_033_988_75;

/**
 * Looks after every backend of the registry, those that join later too: once at once, then every interval, each at a time
 * of its own. A backend that hangs holds up nobody else, and is not asked again before its answer or the timeout.
 * Returns what stops it, which resolves when nothing is under way any more.
 */
export function startHealth(deps: HealthDeps): () => Promise<void> {
  const { registry, settings } = deps;
  const watches = new Map<LiveBackend, { readonly stop: AbortController; readonly over: Promise<unknown> }>();
  const ending = new Set<Promise<unknown>>();
  let joined = 0;

  function watch(live: LiveBackend): void {
    const stop = new AbortController();
    const place = (++joined * GOLDEN) % 1;
    const mine = { live, streak: NO_STREAK };
    const over = Promise.all([
      everyInterval(deps, place, stop.signal, () => checkList(deps, mine, stop.signal)),
      ...(live.backend.probe === undefined
        ? []
        : [everyInterval(deps, place, stop.signal, () => checkProbe(deps, mine, stop.signal))]),
    ]);
    watches.set(live, { stop, over });
  }

  function forget(live: LiveBackend): void {
    const watched = watches.get(live);
    if (watched === undefined) return;
    watches.delete(live);
    watched.stop.abort();
    ending.add(watched.over);
    void watched.over.then(() => ending.delete(watched.over));
  }

  if (!settings.enabled) return async () => {};
  const unlisten = registry.listen({ added: watch, removed: forget });
  for (const live of registry.all()) if (!live.leaving) watch(live);
  return async () => {
    unlisten();
    for (const live of [...watches.keys()]) forget(live);
    await Promise.all(ending);
  };
}

/** Works at once, then again and again; `place` in [0, 1) says when the second time is, inside the interval. */
async function everyInterval(
  { settings, clock, chance, bug }: HealthDeps,
  place: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  let next = clock.now() + settings.interval_ms * place;
  for (;;) {
    try {
      await work();
    } catch (error) {
      bug(error);
    }
    while (next <= clock.now()) next += settings.interval_ms;
    const jitter = settings.interval_ms * JITTER * (chance() - 0.5);
    if (!(await pause(clock, Math.max(1, next - clock.now() + jitter), signal))) return;
    next += settings.interval_ms;
  }
}

/** A backend under watch, and what its last checks found. */
interface Watched {
  readonly live: LiveBackend;
  streak: Streak;
}

async function checkList(deps: HealthDeps, mine: Watched, stop: AbortSignal): Promise<void> {
  const { backend } = mine.live;
  const listing = await within(deps, deps.settings.timeout_ms, stop, (signal) => deps.list(backend, signal));
  if (stop.aborted) return;
  if (backend.models === undefined) {
    deps.registry.updateModels(backend.name, listing.ok ? listing.models : undefined);
  }
  book(deps, mine, listingFailure(backend, listing), "list");
}

/** Nobody pays for asking a backend that is being emptied, or that does not even list its models. */
async function checkProbe(deps: HealthDeps, mine: Watched, stop: AbortSignal): Promise<void> {
  const { live, streak } = mine;
  if (live.status === "draining" || streak.failures > 0) return;
  const { answerMs } = live.backend.timeouts;
  const probed = await within(deps, answerMs, stop, (signal) => deps.probe(live.backend, signal));
  if (stop.aborted || probed === "not due") return;
  book(deps, mine, probed === "answered" ? undefined : probed, "probe");
}

function book(
  { registry, settings }: HealthDeps,
  mine: Watched,
  failure: Failure | undefined,
  by: "list" | "probe",
): void {
  const { health, backend } = mine.live;
  const judged = judge({ health, streak: mine.streak }, { finding: findingOf(failure), by }, settings);
  mine.streak = judged.streak;
  registry.updateStatus(backend.name, judged.health, failure && failureText(failure));
}

/** Works under a time limit; the limit is a failure of the backend. */
async function within<T>(
  { clock }: HealthDeps,
  ms: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const abort = () => own.abort(stop.reason);
  stop.addEventListener("abort", abort, { once: true });
  if (stop.aborted) abort();
  const message = `no answer within ${formatDuration(ms)}`;
  const disarm = clock.after(ms, () => own.abort(new FailureSignal({ class: "timeout", message })));
  try {
    return await work(own.signal);
  } finally {
    disarm();
    stop.removeEventListener("abort", abort);
  }
}
