/**
 * Tells through how many nexus servers a request has come. `nexus serve` sends it to every backend, one higher than it got
 * it: a backend may be a nexus server too, and lead back here.
 */
export const HOP_HEADER = "x-nexus-hop";

/** A request that has come through so many servers goes round in a ring. */
export const MAX_HOPS = 3;
