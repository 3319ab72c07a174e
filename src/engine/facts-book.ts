import type { Secret } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import { coolDownOf, countsFor, type Failure } from "../core/failure.ts";
import type { StateStore } from "../core/ports.ts";
import { claim, coolDown, fail, release, succeed } from "../resilience/breaker.ts";
import { factKey } from "../resilience/fact-keys.ts";
import { type Facts, NO_FACTS, readFacts } from "../resilience/facts.ts";
import type { Candidate } from "../routing/plan.ts";

/** Leave to send one request, to be settled once: with an outcome, or given back. */
export interface Leave {
  readonly granted: true;
  succeeded(): Promise<void>;
  failed(failure: Failure): Promise<void>;
  /** Nothing was learned of the backend: a permit goes back. */
  withdrawn(): Promise<void>;
}

/** Why a candidate is not asked now, and until when by the clock of this process. */
export interface NoLeave {
  readonly granted: false;
  readonly why: "circuit open" | "cooling down";
  readonly until: number;
}

/** Longer than any attempt can take, so that only an abandoned permit frees itself. */
const LEASE_MARGIN_MS = 5_000;

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
  const backend = candidate.backend.name;
  const model = factKey({ kind: "model", backend, model: candidate.model });
  const keys =
    key === undefined ? [model] : [model, factKey({ kind: "key", backend, fingerprint: key.fingerprint })];

  const { now, entries: known } = await state.read(keys);
  const refused = (why: NoLeave["why"], until: number): NoLeave => ({
    granted: false,
    why,
    until: clock.now() + until - now,
  });
  let startedAt = now;
  const coolUntil = Math.max(...keys.map((name) => readFacts(known.get(name)).coolUntil));
  if (coolUntil > now) return refused("cooling down", coolUntil);

  const claimed: string[] = [];
  const giveBack = async () => {
    for (const name of claimed) await change(state, name, (facts) => release(facts, attemptId));
  };
  if (settings.circuit_breaker_enabled) {
    for (const name of keys) {
      const leaseMs = settings.total_timeout_ms + LEASE_MARGIN_MS;
      const asked = claim(readFacts(known.get(name)), settings, { now, id: attemptId, leaseMs });
      if (asked.granted && asked.permit === undefined) continue;
      let until: number | undefined;
      await change(state, name, (facts, claimedAt) => {
        const won = claim(facts, settings, { now: claimedAt, id: attemptId, leaseMs });
        startedAt = claimedAt;
        until = won.granted ? undefined : won.until;
        return won.facts;
      });
      if (until !== undefined) {
        await giveBack();
        return refused("circuit open", until);
      }
      claimed.push(name);
    }
  }

  return {
    granted: true,
    async succeeded() {
      for (const name of keys) await change(state, name, settle);
    },
    async failed(failure) {
      const counted = countsFor(failure);
      const coolMs = coolDownOf(failure);
      for (const name of keys) {
        const counts = counted === (name === model ? "model" : "key");
        const cools = name === model && coolMs > 0;
        if (!counts && !cools && !claimed.includes(name)) continue;
        await change(state, name, (facts, endedAt) => {
          const booked = counts
            ? fail(facts, settings, { startedAt, now: endedAt, permitId: attemptId })
            : release(facts, attemptId);
          return cools ? coolDown(booked, endedAt + coolMs) : booked;
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

async function change(
  state: StateStore,
  key: string,
  fn: (facts: Facts, now: number) => Facts,
): Promise<void> {
  await state.update(key, (stored, now) => {
    const next = fn(readFacts(stored), now);
    return next === NO_FACTS ? undefined : next;
  });
}
