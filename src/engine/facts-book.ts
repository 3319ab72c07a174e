import type { Secret } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import { coolDownOf, countsFor, type Failure } from "../core/failure.ts";
import type { StateStore } from "../core/ports.ts";
import { claim, coolDown, fail, release, succeed } from "../resilience/breaker.ts";
import { type Facts, readFacts } from "../resilience/facts.ts";
import type { Candidate } from "../routing/plan.ts";

/** Leave to send one request, to be settled once: with an outcome, or given back. */
export interface Leave {
  readonly granted: true;
  succeeded(): Promise<void>;
  failed(failure: Failure): Promise<void>;
  /** Nothing was learned of the backend: a permit goes back. */
  withdrawn(): Promise<void>;
}

/** Why a candidate is not asked now, and until when. */
export interface NoLeave {
  readonly granted: false;
  readonly why: "circuit open" | "cooling down";
  readonly until: number;
}

/** Longer than any attempt can take, so that only an abandoned permit frees itself. */
const LEASE_MARGIN_MS = 5_000;

/** Facts of a model on a backend. */
function modelKey(backend: string, model: string): string {
  return `facts:${JSON.stringify([backend, model])}`;
}

/** Facts of one key of a backend, told apart by its fingerprint. */
function keyKey(backend: string, key: Secret): string {
  return `key:${JSON.stringify([backend, key.fingerprint])}`;
}

/**
 * Asks the breaker and the cool-down for leave to send a request to a candidate. A half-open breaker's permit is
 * claimed here, atomically; whoever loses the claim is told so and goes on.
 */
export async function askLeave(
  ask: { candidate: Candidate; key: Secret | undefined; attemptId: string },
  deps: { state: StateStore; clock: Clock },
): Promise<Leave | NoLeave> {
  const { candidate, key, attemptId } = ask;
  const { state, clock } = deps;
  const { settings } = candidate;
  const model = modelKey(candidate.backend.name, candidate.model);
  const keys = key === undefined ? [model] : [model, keyKey(candidate.backend.name, key)];
  const startedAt = clock.now();

  const known = await state.read(keys);
  const coolUntil = Math.max(...keys.map((name) => readFacts(known.get(name)).coolUntil));
  if (coolUntil > startedAt) return { granted: false, why: "cooling down", until: coolUntil };

  const claimed: string[] = [];
  const giveBack = async () => {
    for (const name of claimed) await change(state, name, (facts) => release(facts, attemptId));
  };
  if (settings.circuit_breaker_enabled) {
    for (const name of keys) {
      const leaseMs = settings.total_timeout_ms + LEASE_MARGIN_MS;
      const now = clock.now();
      const asked = claim(readFacts(known.get(name)), settings, { now, id: attemptId, leaseMs });
      if (asked.granted && asked.permit === undefined) continue;
      let until: number | undefined;
      await change(state, name, (facts) => {
        const won = claim(facts, settings, { now, id: attemptId, leaseMs });
        until = won.granted ? undefined : won.until;
        return won.facts;
      });
      if (until !== undefined) {
        await giveBack();
        return { granted: false, why: "circuit open", until };
      }
      claimed.push(name);
    }
  }

  return {
    granted: true,
    async succeeded() {
      for (const name of keys) await change(state, name, (facts) => settle(facts, clock.now()));
    },
    async failed(failure) {
      const counted = countsFor(failure);
      const now = clock.now();
      const coolMs = coolDownOf(failure);
      for (const name of keys) {
        const counts = counted === (name === model ? "model" : "key");
        const cools = name === model && coolMs > 0;
        if (!counts && !cools && !claimed.includes(name)) continue;
        await change(state, name, (facts) => {
          const booked = counts
            ? fail(facts, settings, { startedAt, now, permitId: attemptId })
            : release(facts, attemptId);
          return cools ? coolDown(booked, now + coolMs) : booked;
        });
      }
    },
    withdrawn: giveBack,
  };
}

/** A success changes nothing where nothing was held against the backend, so that the common path writes nothing new. */
function settle(facts: Facts, now: number): Facts {
  return facts.failures.length === 0 && facts.permits.length === 0 ? facts : succeed(facts, now);
}

async function change(state: StateStore, key: string, fn: (facts: Facts) => Facts): Promise<void> {
  await state.update(key, (stored) => fn(readFacts(stored)));
}
