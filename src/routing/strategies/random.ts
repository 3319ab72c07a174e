import type { Strategy } from "./index.ts";

/** Every order is as likely as any other. */
export const random: Strategy = (serving, { chance }) =>
  serving
    .map((one) => ({ one, at: chance() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
