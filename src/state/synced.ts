import type { Clock } from "../core/clock.ts";
import type { StateStore } from "../core/ports.ts";
import type { Soon } from "../core/soon.ts";
import { pick } from "./pick.ts";

/** Milliseconds between two rounds: what other processes learned is known here within a second. */
const ROUND_MS = 500;

/** A change that was made here and is still to be made in the shared store. */
interface Change {
  readonly key: string;
  readonly fn: (current: unknown) => unknown;
}

/** A store that answers from memory, for a process that lives long. */
export interface SyncedStore extends StateStore {
  /** Writes what changed here and reads what others changed. Rounds do not overlap. */
  synchronise(): Promise<void>;
}

/**
 * Puts the memory of this process before a shared store, so that no request waits for a disk: what is changed here is
 * written, and what others changed is read, in rounds. Only a change that all processes have to agree on (`together`) goes
 * straight to the shared store. Keys for which `isOwn` holds stay here.
 */
export function syncedStore(
  shared: StateStore,
  { clock, isOwn }: { clock: Clock; isOwn: (key: string) => boolean },
): SyncedStore {
  const memory = new Map<string, unknown>();
  let unwritten: Change[] = [];
  let ahead = 0;
  let round: Promise<void> | undefined;
  let cancel = () => {};
  let closed = false;

  const now = () => clock.now() + ahead;
  const remember = (key: string, value: unknown) => {
    if (value === undefined) memory.delete(key);
    else memory.set(key, value);
  };

  /** The changes of one entry are made at once, in their order. */
  const write = async (which: (key: string) => boolean): Promise<void> => {
    const due = new Map<string, Change["fn"][]>();
    for (const { key, fn } of unwritten.filter(({ key }) => which(key))) {
      const before = due.get(key);
      if (before === undefined) due.set(key, [fn]);
      else before.push(fn);
    }
    unwritten = unwritten.filter(({ key }) => !which(key));
    for (const [key, changes] of due) {
      await shared.update(key, (current) => changes.reduce((value, fn) => fn(value), current));
    }
  };

  const synchronise = async (): Promise<void> => {
    await write(() => true);
    const { now: at, entries } = await shared.read({ prefix: "" });
    ahead = at - clock.now();
    const changedMeanwhile = new Set(unwritten.map(({ key }) => key));
    for (const key of new Set([...memory.keys(), ...entries.keys()])) {
      if (!isOwn(key) && !changedMeanwhile.has(key)) remember(key, entries.get(key));
    }
  };

  const schedule = () => {
    cancel = clock.after(ROUND_MS, () => {
      round = synchronise().finally(() => {
        round = undefined;
        if (!closed) schedule();
      });
    });
  };
  let started: Promise<void> | undefined;
  let isStarted = false;
  const start = (): Promise<void> => {
    started ??= synchronise().then(() => {
      isStarted = true;
      schedule();
    });
    return started;
  };
  /** Answers at once, but for the first who ask. */
  const onceStarted = <T>(answer: () => T): Soon<T> => (isStarted ? answer() : start().then(answer));

  const agree = async <T>(key: string, fn: (current: unknown, now: number) => T | undefined) => {
    await start();
    await write((one) => one === key);
    const agreed = await shared.update(key, fn);
    remember(key, agreed);
    return agreed;
  };
  const change = <T>(key: string, fn: (current: unknown, now: number) => T | undefined) => {
    const at = now();
    const before = memory.get(key);
    const next = fn(before, at);
    remember(key, next);
    if (next !== before && !isOwn(key)) {
      unwritten.push({ key, fn: (current) => fn(current, at) });
    }
    return next;
  };

  return {
    read: (keys) => onceStarted(() => ({ now: now(), entries: pick(memory, keys) })),
    update: (key, fn, how) => (how?.together ? agree(key, fn) : onceStarted(() => change(key, fn))),

    async synchronise() {
      await start();
      await round;
      await synchronise();
    },

    async close() {
      closed = true;
      cancel();
      await round;
      if (started !== undefined) await write(() => true);
      await shared.close();
    },
  };
}
