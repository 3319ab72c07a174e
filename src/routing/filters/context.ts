import { param } from "../../core/chat.ts";
import type { Candidate } from "../plan.ts";
import type { FilterRule } from "./index.ts";

/** Prompt and reserved output have to fit where the window is known. */
export const context: FilterRule = (candidate, _requirement, { tokens }) => {
  if (candidate.window === undefined) return undefined;
  const counted = tokens(candidate.model);
  if (counted === undefined) return undefined;
  const reserved = reservedTokens(candidate);
  if (counted.tokens + reserved <= candidate.window) return undefined;
  const prompt = `${counted.exact ? "" : "about "}${counted.tokens} tokens`;
  return {
    filter: "context",
    why: `the prompt has ${prompt}${reserved > 0 ? ` and ${reserved} are kept for the answer` : ""}; ${candidate.model} on ${candidate.backend.name} takes ${candidate.window}`,
    chain: "context window too small (skipped)",
  };
};

/** Tokens the request keeps free for the answer. */
export function reservedTokens(candidate: Pick<Candidate, "params">): number {
  const stated = param(candidate.params, "max_completion_tokens") ?? param(candidate.params, "max_tokens");
  return typeof stated === "number" && stated > 0 ? stated : 0;
}
