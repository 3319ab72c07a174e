import type { Backend } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";

/** A backend's leave to be asked one thing at a time more. Given back once; more than once does nothing. */
export interface Slot {
  readonly backend: string;
  release(): void;
}

/** Counts the requests of this process that are under way, backend by backend. */
export interface Slots {
  /** How many are under way at a backend. */
  inFlight(backend: string): number;
  /** Undefined: as many are under way as the backend takes. */
  take(backend: Backend): Slot | undefined;
  /**
   * The first slot that any of these gives back: whoever waits longest gets it. Undefined after `ms`, or when the signal
   * aborts.
   */
  wait(
    backends: readonly Backend[],
    ms: number,
    deps: { readonly clock: Clock; readonly signal: AbortSignal },
  ): Promise<Slot | undefined>;
}

/** Starts to count. One of these lives as long as the process. */
export function countSlots(): Slots {
  const counts = new Map<string, number>();
  const waiters = new Set<(freed: string) => boolean>();
  const inFlight = (backend: string) => counts.get(backend) ?? 0;

  const free = (backend: string) => {
    counts.set(backend, inFlight(backend) - 1);
    // A slot goes from hand to hand, so that nobody who comes later is faster.
    for (const takes of waiters) if (takes(backend)) return;
  };
  const take = ({ name, maxConcurrent = Number.POSITIVE_INFINITY }: Backend): Slot | undefined => {
    if (inFlight(name) >= maxConcurrent) return undefined;
    counts.set(name, inFlight(name) + 1);
    let held = true;
    return {
      backend: name,
      release() {
        if (!held) return;
        held = false;
        free(name);
      },
    };
  };
  const takeAny = (backends: readonly Backend[]) => {
    for (const backend of backends) {
      const slot = take(backend);
      if (slot !== undefined) return slot;
    }
    return undefined;
  };

  return {
    inFlight,
    take,
    wait(backends, ms, { clock, signal }) {
      const now = takeAny(backends);
      if (now !== undefined || signal.aborted) return Promise.resolve(now);
      return new Promise((resolve) => {
        const settle = (slot: Slot | undefined) => {
          waiters.delete(takes);
          signal.removeEventListener("abort", leave);
          cancel();
          resolve(slot);
        };
        const leave = () => settle(undefined);
        const takes = (freed: string) => {
          const slot = takeAny(backends.filter(({ name }) => name === freed));
          if (slot === undefined) return false;
          settle(slot);
          return true;
        };
        waiters.add(takes);
        signal.addEventListener("abort", leave, { once: true });
        const cancel = clock.after(ms, leave);
      });
    },
  };
}
