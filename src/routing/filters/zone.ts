import type { FilterRule } from "./index.ts";

/** A restricted request, or one through a restricted profile, never leaves restricted backends. */
export const zone: FilterRule = (candidate, requirement) => {
  const restricted = requirement.zone === "restricted" || candidate.zone === "restricted";
  if (!restricted || candidate.backend.zone === "restricted") return undefined;
  return {
    filter: "zone",
    why: `backend ${candidate.backend.name} is in zone ${candidate.backend.zone}, restricted is required`,
    chain: "outside the restricted zone (skipped)",
  };
};
