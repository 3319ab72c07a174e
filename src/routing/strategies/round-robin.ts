import type { Strategy } from "./index.ts";

/** In the order of the file, beginning with the next one at each request. */
export const roundRobin: Strategy = (serving, { turn }) => {
  const first = serving.length === 0 ? 0 : turn % serving.length;
  return [...serving.slice(first), ...serving.slice(0, first)];
};
