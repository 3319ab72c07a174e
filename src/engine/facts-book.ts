import type { Secret } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import { coolDownOf, countsFor, type Failure } from "../core/failure.ts";
import type { StateStore } from "../core/ports.ts";
import { type Soon, withSoon } from "../core/soon.ts";
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
  succeeded(): Promise<void> | undefined;
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
export function askLeave(ask: LeaveAsk, deps: LeaveDeps): Soon<Leave | NoLeave> {
  const keys = factKeysOf(ask.candidate, ask.key);
  return withSoon(deps.state.read(keys), ({ now, entries }) => {
    const known = keys.map((name) => claimOf(ask, readFacts(entries.get(name)), now));
    const held = known.find((asked) => !asked.granted);
    if (held !== undefined) return refusedLeave(held, now, deps);
    const probed = keys.filter((_, index) => known[index]?.granted && known[index].permit !== undefined);
    if (probed.length === 0) return leaveTo(ask, deps, { keys, claimed: NONE, began: now });
    return claimAll(ask, deps, { keys, probed, now });
  });
}

/** Who is to be asked, for how long at the most until content comes, and under what id. */
interface LeaveAsk {
  readonly candidate: Candidate;
  readonly key: Secret | undefined;
  readonly attemptId: string;
  readonly longestMs: number;
}

interface LeaveDeps {
  readonly state: StateStore;
  readonly clock: Clock;
}

const NONE: readonly string[] = [];

function claimOf({ candidate, attemptId, longestMs }: LeaveAsk, facts: Facts, now: number) {
  return claim(facts, candidate.settings, { now, id: attemptId, leaseMs: longestMs + LEASE_MARGIN_MS });
}

function refusedLeave(
  { why, until }: { why: Held; until: number },
  now: number,
  { clock }: LeaveDeps,
): NoLeave {
  return { granted: false, why, until: clock.now() + until - now };
}

/** Claims the permits of half-open breakers, one after the other. Whoever loses one gives all of them back. */
async function claimAll(
  ask: LeaveAsk,
  deps: LeaveDeps,
  { keys, probed, now }: { keys: readonly string[]; probed: readonly string[]; now: number },
): Promise<Leave | NoLeave> {
  const { state } = deps;
  let began = now;
  const claimed: string[] = [];
  for (const name of probed) {
    let lost: NoLeave | undefined;
    await change(
      state,
      name,
      (facts, at) => {
        const won = claimOf(ask, facts, at);
        lost = won.granted ? undefined : refusedLeave(won, now, deps);
        began = at;
        return won.facts;
      },
      { together: true },
    );
    if (lost !== undefined) {
      await giveBack(claimed, ask, deps);
      return lost;
    }
    claimed.push(name);
  }
  return leaveTo(ask, deps, { keys, claimed, began });
}

async function giveBack(
  claimed: readonly string[],
  { attemptId }: LeaveAsk,
  { state }: LeaveDeps,
): Promise<void> {
  for (const name of claimed) await change(state, name, (facts) => release(facts, attemptId));
}

/** `keys`: what facts are kept under, the model first. `claimed`: those of which it holds a permit. */
function leaveTo(
  ask: LeaveAsk,
  deps: LeaveDeps,
  { keys, claimed, began }: { keys: readonly string[]; claimed: readonly string[]; began: number },
): Leave {
  const { candidate, attemptId, longestMs } = ask;
  const { state, clock } = deps;
  const [model] = keys;
  const hold = async (ms: number) => {
    for (const name of claimed) {
      await change(state, name, (facts, at) => renew(facts, { id: attemptId, until: at + ms }));
    }
  };
  const silenceMs = candidate.backend.timeouts.idleMs + LEASE_MARGIN_MS;
  let heldUntil = claimed.length === 0 ? 0 : clock.now() + longestMs + LEASE_MARGIN_MS;
  return {
    granted: true,
    flows() {
      if (claimed.length === 0 || heldUntil - clock.now() > silenceMs) return undefined;
      // Twice as long as the answer may be silent, so that few pieces of it come here.
      const longer = 2 * silenceMs;
      heldUntil = clock.now() + longer;
      return hold(longer);
    },
    succeeded: () => changeEach(state, keys, succeed),
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
    withdrawn: () => giveBack(claimed, ask, deps),
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
export function countAskable(candidates: readonly Candidate[], state: StateStore): Soon<number> {
  if (candidates.length === 0) return 0;
  const keys = candidates.map(modelKey);
  return withSoon(state.read(keys), ({ now, entries }) => {
    const isAskable = (candidate: Candidate, at: number) =>
      claim(readFacts(entries.get(keys[at] ?? "")), candidate.settings, { now, id: "", leaseMs: 0 }).granted;
    return candidates.filter(isAskable).length;
  });
}

function factKeysOf(candidate: Candidate, key: Secret | undefined): readonly string[] {
  const { name: backend } = candidate.backend;
  const own = key && factKey({ kind: "key", backend, fingerprint: key.fingerprint });
  return own === undefined ? [modelKey(candidate)] : [modelKey(candidate), own];
}

function modelKey({ backend, model }: Candidate): string {
  return factKey({ kind: "model", backend: backend.name, model });
}

/** Changes the facts of these, one after the other. */
function changeEach(
  state: StateStore,
  keys: readonly string[],
  fn: (facts: Facts, now: number) => Facts,
  from = 0,
): Promise<void> | undefined {
  for (let at = from; at < keys.length; at++) {
    const changing = change(state, keys[at] ?? "", fn);
    if (changing instanceof Promise) return changing.then(() => changeEach(state, keys, fn, at + 1));
  }
  return undefined;
}

function change(
  state: StateStore,
  key: string,
  fn: (facts: Facts, now: number) => Facts,
  how?: { readonly together: boolean },
): Soon<unknown> {
  const changed = (stored: unknown, now: number) => {
    const next = fn(readFacts(stored), now);
    return next === NO_FACTS ? undefined : next;
  };
  return state.update(key, changed, how);
}
