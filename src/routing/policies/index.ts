import type { Policy } from "../../core/profile.ts";

/** How a policy starts: `turn` counts requests through the profile, `start` is where a sticky profile stays. */
export interface Start {
  readonly turn: number;
  readonly start?: string | undefined;
}

/** Puts members in the order in which they are asked. Pure; every member appears once. */
export type OrderMembers = (members: readonly string[], from: Start) => readonly string[];

/** A policy is nothing but an order: the loop that follows it is the same for all. */
export const ORDER: Readonly<Record<Policy, OrderMembers>> = {
  failover: (members, { start }) =>
    rotate(members, start === undefined ? 0 : Math.max(0, members.indexOf(start))),
  roundrobin: (members, { turn }) => rotate(members, turn),
};

function rotate(members: readonly string[], by: number): readonly string[] {
  if (members.length === 0) return members;
  const at = ((by % members.length) + members.length) % members.length;
  return [...members.slice(at), ...members.slice(0, at)];
}
