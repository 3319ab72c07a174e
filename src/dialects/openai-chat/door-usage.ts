import { answerTokens, promptTokens, type Usage } from "../../core/usage.ts";

/** A `usage` object. `estimated` stands in it only when nexus counted. */
export function encodeUsage(usage: Usage): object {
  const [prompt, completion] = [promptTokens(usage), answerTokens(usage)];
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(usage.cacheWrite > 0 && { cache_write_tokens: usage.cacheWrite }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    ...(usage.estimated && { estimated: true }),
  };
}
