import type { FilterRule } from "./index.ts";

/** The least tier that request and profiles ask for. */
export const tier: FilterRule = (candidate, requirement) => {
  const required = Math.max(requirement.minTier, candidate.minTier);
  if (candidate.backend.tier >= required) return undefined;
  return {
    filter: "tier",
    why: `backend ${candidate.backend.name} has tier ${candidate.backend.tier}, ${required} is required`,
    chain: `tier ${candidate.backend.tier} below ${required} (skipped)`,
  };
};
