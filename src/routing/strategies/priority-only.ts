import type { Strategy } from "./index.ts";

/** The lower number first, whatever the load. */
export const priorityOnly: Strategy = (serving) =>
  serving.toSorted((a, b) => a.backend.priority - b.backend.priority);
