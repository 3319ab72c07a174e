/** Tokens of one answer, in buckets that do not overlap: their sum is the whole. */
export interface Usage {
  /** Prompt tokens that came from no cache. */
  readonly input: number;
  /** Prompt tokens read from the backend's cache. */
  readonly cacheRead: number;
  /** Prompt tokens written to the backend's cache. */
  readonly cacheWrite: number;
  /** Answer tokens without reasoning. */
  readonly output: number;
  /** Reasoning tokens. */
  readonly reasoning: number;
  /** True when nexus counted because the backend did not report. */
  readonly estimated: boolean;
}

/** All prompt tokens. */
export function promptTokens(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite;
}

/** All answer tokens, reasoning included. */
export function answerTokens(usage: Usage): number {
  return usage.output + usage.reasoning;
}
