import type { ChatRequest } from "../../core/chat.ts";
import type { RunInput } from "../../engine/engine.ts";
import type { App } from "../app.ts";
import type { ChatFlags } from "../commands/chat.ts";
import type { ChatOptions } from "./flags.ts";
import { requestIds } from "./request-id.ts";

/** Milliseconds a run from the command line waits for rate-limited candidates where no profile says it. */
export const RATE_LIMIT_WAIT_MS = 10_000;

/** What the engine is asked, for a request from the command line: at once, or at a prompt. */
export function makeInput(
  app: App,
  flags: ChatFlags,
  { timeoutMs, zone, minTier }: ChatOptions,
  request: ChatRequest,
  target: RunInput["target"],
): RunInput {
  return {
    requestId: requestIds(app.chance)(),
    door: "chat",
    target,
    request,
    noFallback: !flags.fallback,
    rateLimitWaitMs: RATE_LIMIT_WAIT_MS,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(zone === undefined ? {} : { zone }),
    ...(minTier === undefined ? {} : { minTier }),
  };
}
