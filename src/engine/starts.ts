import { isObject } from "../core/json.ts";
import type { Catalog, StateStore } from "../core/ports.ts";
import type { LoadBalancerProfile } from "../core/profile.ts";
import { modelTurn } from "../routing/expand.ts";
import type { Candidate, Group } from "../routing/plan.ts";
import { ORDER, type Start } from "../routing/policies/index.ts";
import { reachableProfiles } from "../routing/reachable.ts";

/** Where each load balancer that a profile leads to starts this time. */
export interface Starts {
  readonly of: (profile: string) => Start;
  /** Names under which this request has taken its turn. */
  readonly taken: ReadonlySet<string>;
}

const TURN = "turn:";
const STICKY = "sticky:";
const turnKey = (name: string) => `${TURN}${name}`;
const stickyKey = (profile: string) => `${STICKY}${profile}`;

/**
 * Reads where every reachable load balancer stands. With `take`, takes the turn of those on the way to the first
 * candidate; the others move on only when the request really comes to them.
 */
export async function readStarts(
  profile: string,
  deps: { catalog: Pick<Catalog, "profile">; state: StateStore },
  take: boolean,
): Promise<Starts> {
  const { catalog, state } = deps;
  const balancers = new Map(
    reachableProfiles(profile, catalog).flatMap((one) =>
      one.type === "loadbalancer" ? [[one.name, one]] : [],
    ),
  );
  const { now, entries: known } = await state.read(
    [...balancers.keys()].flatMap((name) => [turnKey(name), stickyKey(name)]),
  );
  const starts = new Map<string, Start>();
  for (const [name, balancer] of balancers) {
    const start = stickyStart(known.get(stickyKey(name)), balancer, now);
    starts.set(name, { turn: asTurn(known.get(turnKey(name))), ...(start === undefined ? {} : { start }) });
  }
  const taken = new Set<string>();
  const of = (name: string): Start => starts.get(name) ?? { turn: 0 };
  if (!take) return { of, taken };

  let next = balancers.get(profile);
  while (next !== undefined && !taken.has(next.name)) {
    const { name, policy, members } = next;
    if (policy === "roundrobin") starts.set(name, { ...of(name), turn: await takeTurn(state, name) });
    taken.add(name);
    next = balancers.get(ORDER[policy](members, of(name))[0] ?? "");
  }
  return { of, taken };
}

/**
 * How many requests for each of these models went before. With `take`, takes the turn of the first; the others move on
 * only when the request really comes to them.
 */
export async function readModelTurns(
  models: readonly string[],
  state: StateStore,
  take: boolean,
): Promise<{ of: (model: string) => number; taken: ReadonlySet<string> }> {
  const names = models.map(modelTurn);
  const { entries } = await state.read(names.map(turnKey));
  const turns = new Map(names.map((name) => [name, asTurn(entries.get(turnKey(name)))]));
  const [first] = names;
  if (take && first !== undefined) turns.set(first, await takeTurn(state, first));
  return {
    of: (model) => turns.get(modelTurn(model)) ?? 0,
    taken: new Set(take && first !== undefined ? [first] : []),
  };
}

/** Moves on every turn that the request came to without having taken it before. */
export async function passThrough(
  groups: readonly Group[],
  taken: Set<string>,
  state: StateStore,
): Promise<void> {
  for (const { turn } of groups) {
    if (turn === undefined || taken.has(turn)) continue;
    taken.add(turn);
    await takeTurn(state, turn);
  }
}

/** Sticky profiles stay where the answer came from. */
export async function stay(candidate: Candidate, state: StateStore): Promise<void> {
  for (const { name, member, settings } of candidate.groups) {
    if (name === undefined || !settings.failover_sticky) continue;
    await state.update(stickyKey(name), (_, now) => ({ member, at: now }));
  }
}

/** A run in which nobody answered sends sticky profiles back to their first member. */
export async function forgetStay(profiles: Iterable<string>, state: StateStore): Promise<void> {
  for (const name of profiles) await state.update(stickyKey(name), () => undefined);
}

/** Every load balancer starts at its first member again. Returns how many had a turn or a start of their own. */
export async function forgetStarts(state: StateStore): Promise<number> {
  const kept = await Promise.all([TURN, STICKY].map((prefix) => state.read({ prefix })));
  const keys = kept.flatMap(({ entries }) => [...entries.keys()]);
  for (const key of keys) await state.update(key, () => undefined);
  return new Set(keys.map((key) => key.slice(key.indexOf(":")))).size;
}

async function takeTurn(state: StateStore, name: string): Promise<number> {
  let turn = 0;
  await state.update(turnKey(name), (stored) => {
    turn = asTurn(stored);
    return turn + 1;
  });
  return turn;
}

function asTurn(stored: unknown): number {
  return typeof stored === "number" && Number.isSafeInteger(stored) && stored >= 0 ? stored : 0;
}

function stickyStart(stored: unknown, balancer: LoadBalancerProfile, now: number): string | undefined {
  const { failover_sticky: sticky, failover_sticky_ttl_ms: ttl } = balancer.settings;
  if (!sticky || !isObject(stored)) return undefined;
  const { member, at } = stored;
  if (typeof member !== "string" || typeof at !== "number" || now - at >= ttl) return undefined;
  return member;
}
