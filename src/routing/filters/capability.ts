import type { Capability } from "../../core/backend.ts";
import type { FilterRule } from "./index.ts";

const WORDS: Readonly<Record<Capability, string>> = { vision: "vision", tools: "tools", json: "JSON output" };

/** A capability that nobody stated rules nothing out; a stated list without it does. */
export const capability: FilterRule = (candidate, requirement) => {
  const { capabilities } = candidate;
  if (capabilities === undefined) return undefined;
  const missing = requirement.capabilities.find((needed) => !capabilities.includes(needed));
  if (missing === undefined) return undefined;
  return {
    filter: missing,
    why: `${candidate.model} on ${candidate.backend.name} is stated to do ${capabilities.join(", ") || "text only"}; the request needs ${WORDS[missing]}`,
    chain: `lacks ${WORDS[missing]} (skipped)`,
  };
};
