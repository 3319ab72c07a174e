import type { Clock } from "../core/clock.ts";

/** Wrong access tokens that one address may send within the window before it is told to wait. */
const MOST = 5;

/** Milliseconds over which they are counted. */
const WINDOW_MS = 60_000;

/** Most addresses that are remembered; the one that was wrong longest ago is forgotten first. */
const MAX_PEERS = 1_000;

/** Remembers who sent wrong access tokens. */
export interface WrongTokens {
  /** Counts one more of an address. True: too many within a minute. */
  count(peer: string): boolean;
}

/** Nobody has sent one yet. */
export function createWrongTokens(clock: Clock): WrongTokens {
  const peers = new Map<string, readonly number[]>();
  return {
    count(peer) {
      const now = clock.now();
      const recent = (peers.get(peer) ?? []).filter((at) => now - at < WINDOW_MS);
      const tooMany = recent.length >= MOST;
      // What is refused does not prolong the wait.
      const times = tooMany ? recent : [...recent, now];
      peers.delete(peer);
      peers.set(peer, times);
      const [oldest] = peers.keys();
      if (peers.size > MAX_PEERS && oldest !== undefined) peers.delete(oldest);
      return tooMany;
    },
  };
}
