import type { FilterRule } from "./index.ts";

/** A backend that cannot be sent what the request asks for is asked nothing: an answer to half a request is none. */
export const carriage: FilterRule = (candidate, _requirement, { gaps }) => {
  const gap = gaps(candidate).find(({ harmless }) => !harmless);
  if (gap === undefined) return undefined;
  const { name, type } = candidate.backend;
  return {
    filter: "unsupported",
    why: `${gap.field} cannot be sent to backend ${name} (${type})`,
    chain: `cannot carry ${gap.field} (skipped)`,
  };
};
