import { answerTokens, promptTokens, type Usage } from "../../core/usage.ts";

/** A `usage` object. `estimated` stands in it only when nexus counted. */
export function encodeUsage(usage: Usage): object {
  const [input, output] = [promptTokens(usage), answerTokens(usage)];
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(usage.cacheWrite > 0 && { cache_write_tokens: usage.cacheWrite }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + output,
    ...(usage.estimated && { estimated: true }),
  };
}
