import { isObject } from "../core/json.ts";
import type { Catalog, Snapshot, StateStore } from "../core/ports.ts";
import type { LoadBalancerProfile } from "../core/profile.ts";
import { type Soon, withSoon } from "../core/soon.ts";
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
export function readStarts(
  profile: string,
  deps: { catalog: Pick<Catalog, "profile">; state: StateStore },
  take: boolean,
): Soon<Starts> {
  const { catalog, state } = deps;
  const balancers = new Map<string, LoadBalancerProfile>();
  for (const one of reachableProfiles(profile, catalog)) {
    if (one.type === "loadbalancer") balancers.set(one.name, one);
  }
  if (balancers.size === 0) return NO_STARTS;
  const keys = [...balancers.keys()].flatMap((name) => [turnKey(name), stickyKey(name)]);
  return withSoon(state.read(keys), (known) => {
    const starts = startsOf(balancers, known);
    return take ? takeTurns(profile, balancers, starts, state) : { of: starts.of, taken: NO_TURNS };
  });
}

const NO_TURNS: ReadonlySet<string> = new Set();
const FIRST: Start = { turn: 0 };
const NO_STARTS: Starts = { of: () => FIRST, taken: NO_TURNS };

type Balancers = ReadonlyMap<string, LoadBalancerProfile>;

interface KnownStarts {
  readonly of: (profile: string) => Start;
  readonly set: (profile: string, start: Start) => void;
}

function startsOf(balancers: Balancers, { now, entries }: Snapshot): KnownStarts {
  const starts = new Map<string, Start>();
  for (const [name, balancer] of balancers) {
    const start = stickyStart(entries.get(stickyKey(name)), balancer, now);
    starts.set(name, { turn: asTurn(entries.get(turnKey(name))), start });
  }
  return { of: (name) => starts.get(name) ?? FIRST, set: (name, start) => void starts.set(name, start) };
}

async function takeTurns(
  profile: string,
  balancers: Balancers,
  { of, set }: KnownStarts,
  state: StateStore,
): Promise<Starts> {
  const taken = new Set<string>();
  let next = balancers.get(profile);
  while (next !== undefined && !taken.has(next.name)) {
    const { name, policy, members } = next;
    if (policy === "roundrobin") set(name, { ...of(name), turn: await takeTurn(state, name) });
    taken.add(name);
    next = balancers.get(ORDER[policy](members, of(name))[0] ?? "");
  }
  return { of, taken };
}

/**
 * How many requests for each of these models went before. With `take`, takes the turn of the first; the others move on
 * only when the request really comes to them.
 */
export function readModelTurns(
  models: readonly string[],
  state: StateStore,
  take: boolean,
): Soon<ModelTurns> {
  return models.length === 0 ? NO_MODEL_TURNS : readTurns(models, state, take);
}

/** Where the backends of bare models start. */
interface ModelTurns {
  readonly of: (model: string) => number;
  readonly taken: ReadonlySet<string>;
}

const NO_MODEL_TURNS: ModelTurns = { of: () => 0, taken: NO_TURNS };

async function readTurns(models: readonly string[], state: StateStore, take: boolean): Promise<ModelTurns> {
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
export function passThrough(
  groups: readonly Group[],
  taken: Set<string>,
  state: StateStore,
): Promise<void> | undefined {
  const isNews = ({ turn }: Group) => turn !== undefined && !taken.has(turn);
  return groups.some(isNews) ? moveOn(groups, taken, state) : undefined;
}

async function moveOn(groups: readonly Group[], taken: Set<string>, state: StateStore): Promise<void> {
  for (const { turn } of groups) {
    if (turn === undefined || taken.has(turn)) continue;
    taken.add(turn);
    await takeTurn(state, turn);
  }
}

/** Sticky profiles stay where the answer came from. */
export function stay({ groups }: Candidate, state: StateStore): Promise<void> | undefined {
  return groups.some(({ settings }) => settings.failover_sticky) ? keepStay(groups, state) : undefined;
}

async function keepStay(groups: readonly Group[], state: StateStore): Promise<void> {
  for (const { name, member, settings } of groups) {
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
