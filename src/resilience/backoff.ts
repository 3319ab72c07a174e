/**
 * The wait before the same member is asked again, in milliseconds: never less than what the profile says, up to a
 * quarter more so that many callers do not return together; 0 stays 0.
 */
export function retryDelay(delayMs: number, chance: () => number): number {
  return delayMs <= 0 ? 0 : Math.round(delayMs * (1 + 0.25 * chance()));
}
