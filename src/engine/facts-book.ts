import type { Secret } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import { coolDownOf, countsFor, type Failure } from "../core/failure.ts";
import type { StateStore } from "../core/ports.ts";
import {
  claim,
  coolDown,
  fail,
  type Held,
  release,
  renew,
  succeed,
  type View,
  view,
} from "../resilience/breaker.ts";
import { factKey } from "../resilience/fact-keys.ts";
import { type Facts, NO_FACTS, readFacts } from "../resilience/facts.ts";
import type { Candidate } from "../routing/plan.ts";

/** Leave to send one request, to be settled once: with an outcome, or given back. */
export interface Leave {
  readonly granted: true;
  /** Content came: a permit is held on to while the answer flows. */
  flows(): Promise<void> | undefined;
  succeeded(): Promise<void>;
  failed(failure: Failure): Promise<void>;
  /** Nothing was learned of the backend: a permit goes back. */
  withdrawn(): Promise<void>;
}

/** Why a candidate is not asked now, and until when by the clock of this process. */
export interface NoLeave {
  readonly granted: false;
  readonly why: Held;
  readonly until: number;
}

/** On top of what an attempt can take, so that only an abandoned permit frees itself. */
const LEASE_MARGIN_MS = 5_000;

/**
 * Asks the breaker and the cool-down for leave to send a request to a candidate. A half-open breaker's permit is
 * claimed here, atomically; whoever loses the claim is told so and goes on. `longestMs`: how long the attempt may take
 * until content comes.
 */
export async function askLeave(
  ask: { candidate: Candidate; key: Secret | undefined; attemptId: string; longestMs: number },
  deps: { state: StateStore; clock: Clock },
): Promise<Leave | NoLeave> {
  const { candidate, key, attemptId } = ask;
  const { state, clock } = deps;
  const model = modelKey(candidate);
  const keys = factKeysOf(candidate, key);
  const leaseMs = ask.longestMs + LEASE_MARGIN_MS;
  const claimOf = (facts: Facts, now: number) =>
    claim(facts, candidate.settings, { now, id: attemptId, leaseMs });

  const { now, entries } = await state.read(keys);
  const known = keys.map((name) => claimOf(readFacts(entries.get(name)), now));
  const refused = ({ why, until }: { why: Held; until: number }): NoLeave => ({
    granted: false,
    why,
    until: clock.now() + until - now,
  });
  const held = known.find((asked) => !asked.granted);
  if (held !== undefined) return refused(held);

  let began = now;
  const claimed: string[] = [];
  const giveBack = async () => {
    for (const name of claimed) await change(state, name, (facts) => release(facts, attemptId));
  };
  for (const [index, name] of keys.entries()) {
    const asked = known[index];
    if (!asked?.granted || asked.permit === undefined) continue;
    let lost: NoLeave | undefined;
    await change(
      state,
      name,
      (facts, at) => {
        const won = claimOf(facts, at);
        lost = won.granted ? undefined : refused(won);
        began = at;
        return won.facts;
      },
      { together: true },
    );
    if (lost !== undefined) {
      await giveBack();
      return lost;
    }
    claimed.push(name);
  }

  const hold = async (ms: number) => {
    for (const name of claimed) {
      await change(state, name, (facts, at) => renew(facts, { id: attemptId, until: at + ms }));
    }
  };
  const silenceMs = candidate.backend.timeouts.idleMs + LEASE_MARGIN_MS;
  let heldUntil = clock.now() + leaseMs;
  return {
    granted: true,
    flows() {
      if (claimed.length === 0 || heldUntil - clock.now() > silenceMs) return undefined;
      // Twice as long as the answer may be silent, so that few pieces of it come here.
      const longer = 2 * silenceMs;
      heldUntil = clock.now() + longer;
      return hold(longer);
    },
    async succeeded() {
      for (const name of keys) await change(state, name, succeed);
    },
    async failed(failure) {
      const counted = countsFor(failure);
      const coolMs = coolDownOf(failure);
      for (const name of keys) {
        const counts = counted === (name === model ? "model" : "key");
        const cools = name === model && coolMs > 0;
        if (!counts && !cools && !claimed.includes(name)) continue;
        await change(state, name, (facts, ended) => {
          const booked = counts ? fail(facts, { began, ended }, attemptId) : release(facts, attemptId);
          return cools ? coolDown(booked, ended + coolMs) : booked;
        });
      }
    },
    withdrawn: giveBack,
  };
}

/** What `askLeave` would say now, and how that which says it stands. Changes nothing. */
export async function foreseeLeave(
  { candidate, key }: { candidate: Candidate; key: Secret | undefined },
  { state, clock }: { state: StateStore; clock: Clock },
): Promise<{ readonly refused?: NoLeave; readonly state: View["state"] }> {
  const keys = factKeysOf(candidate, key);
  const { now, entries } = await state.read(keys);
  let probes = false;
  for (const name of keys) {
    const facts = readFacts(entries.get(name));
    const asked = claim(facts, candidate.settings, { now, id: "", leaseMs: 0 });
    const stands = view(facts, candidate.settings, now).state;
    if (!asked.granted) {
      const { why } = asked;
      return { refused: { granted: false, why, until: clock.now() + asked.until - now }, state: stands };
    }
    probes ||= asked.permit !== undefined;
  }
  return { state: probes ? "half-open" : "closed" };
}

/**
 * How many of these could be asked now, judged by their models alone: a key is looked up only when its backend's turn
 * has come.
 */
export async function countAskable(candidates: readonly Candidate[], state: StateStore): Promise<number> {
  if (candidates.length === 0) return 0;
  const { now, entries } = await state.read(candidates.map(modelKey));
  return candidates.filter((candidate) => {
    const facts = readFacts(entries.get(modelKey(candidate)));
    return claim(facts, candidate.settings, { now, id: "", leaseMs: 0 }).granted;
  }).length;
}

function factKeysOf(candidate: Candidate, key: Secret | undefined): readonly string[] {
  const { name: backend } = candidate.backend;
  const own = key && factKey({ kind: "key", backend, fingerprint: key.fingerprint });
  return own === undefined ? [modelKey(candidate)] : [modelKey(candidate), own];
}

function modelKey({ backend, model }: Candidate): string {
  return factKey({ kind: "model", backend: backend.name, model });
}

async function change(
  state: StateStore,
  key: string,
  fn: (facts: Facts, now: number) => Facts,
  how?: { readonly together: boolean },
): Promise<void> {
  const changed = (stored: unknown, now: number) => {
    const next = fn(readFacts(stored), now);
    return next === NO_FACTS ? undefined : next;
  };
  await state.update(key, changed, how);
}
