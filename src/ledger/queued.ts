import { setImmediate } from "node:timers/promises";
import type { Clock } from "../core/clock.ts";
import type { Ledger } from "../core/ports.ts";
import type { RequestRecord } from "../core/request-record.ts";
import type { LedgerFile } from "./open.ts";

/** Milliseconds between the first record that waits and the round that writes it. */
const ROUND_MS = 500;

/** Records that wait at most; of more, the oldest are lost. */
const MAX_WAITING = 10_000;

/**
 * Records that are written in one go, so that requests under way wait for some milliseconds at most. So many do not wait for
 * their round: what is kept for long costs the garbage collector more than it took to make.
 */
const SLICE = 250;

/** What a queue stands on. */
export interface QueueDeps {
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** Hears of a bug of ours: what could not be written is lost. */
  readonly bug: (error: unknown) => void;
}

/**
 * Puts the memory of a process that lives long before the ledger's file, so that no request waits for a disk: records are
 * written in rounds, some hundred in a transaction, or as soon as there are so many, and what still waits when it is closed.
 */
export function queuedLedger(file: LedgerFile, { clock, warn, bug }: QueueDeps): Ledger {
  let waiting: RequestRecord[] = [];
  let lost = 0;
  let told = 0;
  let round: Promise<void> | undefined;
  let cancel: (() => void) | undefined;

  const tellLost = () => {
    if (lost === told) return;
    told = lost;
    warn(`requests came faster than they could be written: ${lost} are not in the history`);
  };
  const write = async (count: number): Promise<void> => {
    const due = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (let from = 0; from < due.length; from += SLICE) {
      if (from > 0) await setImmediate();
      await file.appendAll(due.slice(from, from + SLICE)).catch(bug);
    }
  };
  /** What came after a slice was full begins the next one; where much has come together, all is written. */
  const begin = () => {
    round = write(waiting.length < 2 * SLICE ? SLICE : waiting.length).finally(() => {
      cancel = undefined;
      round = undefined;
      if (told === 0) tellLost();
      if (waiting.length > 0) schedule();
    });
  };
  const schedule = () => {
    cancel ??= clock.after(waiting.length < SLICE ? ROUND_MS : 0, begin);
  };

  return {
    append(record) {
      waiting.push(record);
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        lost += 1;
      }
      if (waiting.length === SLICE && round === undefined) {
        cancel?.();
        cancel = undefined;
      }
      schedule();
      return undefined;
    },
    async close() {
      cancel?.();
      await round;
      cancel?.();
      await write(waiting.length);
      tellLost();
      await file.close();
    },
  };
}
