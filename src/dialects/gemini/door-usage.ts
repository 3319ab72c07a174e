import { promptTokens, type Usage } from "../../core/usage.ts";

/** A `usageMetadata`: the prompt with what was cached, the answer without thoughts. `estimated` stands in it only when nexus counted. */
export function encodeUsage(usage: Usage): object {
  const prompt = promptTokens(usage);
  const { cacheRead, output, reasoning, estimated } = usage;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: output,
    totalTokenCount: prompt + output + reasoning,
    ...(cacheRead > 0 && { cachedContentTokenCount: cacheRead }),
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    ...(estimated && { estimated }),
  };
}
