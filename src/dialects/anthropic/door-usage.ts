import { answerTokens, type Usage } from "../../core/usage.ts";

/** A `usage` object: input without what a cache held, output with thinking. `estimated` stands in it only when nexus counted. */
export function encodeUsage(usage: Usage): object {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: answerTokens(usage),
    ...(usage.reasoning > 0 && { output_tokens_details: { thinking_tokens: usage.reasoning } }),
    ...(usage.estimated && { estimated: true }),
  };
}

/** Before anything is known; clients want numbers. */
export const NO_USAGE: Usage = {
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
  estimated: false,
};
