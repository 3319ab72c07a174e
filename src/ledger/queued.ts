import { setImmediate } from "node:timers/promises";
import type { Clock } from "../core/clock.ts";
import type { Ledger } from "../core/ports.ts";
import type { RequestRecord } from "../core/request-record.ts";
import type { LedgerFile } from "./open.ts";

/** Milliseconds between the first record that waits and the round that writes it. */
const ROUND_MS = 500;

/** Records that wait at most; of more, the oldest are lost. */
const MAX_WAITING = 10_000;

/** Records that are written in one go, so that requests under way wait for some milliseconds at most. */
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
 * written in rounds, some hundred in a transaction, and what still waits when it is closed.
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
  const write = async (): Promise<void> => {
    const due = waiting;
    waiting = [];
    for (let from = 0; from < due.length; from += SLICE) {
      if (from > 0) await setImmediate();
      await file.appendAll(due.slice(from, from + SLICE)).catch(bug);
    }
  };
  const schedule = () => {
    cancel ??= clock.after(ROUND_MS, () => {
      round = write().finally(() => {
        cancel = undefined;
        round = undefined;
        if (told === 0) tellLost();
        if (waiting.length > 0) schedule();
      });
    });
  };

  return {
    async append(record) {
      waiting.push(record);
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        lost += 1;
      }
      schedule();
    },
    async close() {
      cancel?.();
      await round;
      cancel?.();
      await write();
      tellLost();
      await file.close();
    },
  };
}
