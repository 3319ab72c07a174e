import type { Message, Part } from "../../core/chat.ts";
import { plainUsd } from "../../core/money.ts";
import { type Session, type Turn, textOf } from "../../sessions/session.ts";
import { usageJson } from "../output/run-json.ts";
import { headJson } from "./list.ts";

/** A session as `show --json` and `export --format json` give it: what `chat --json` tells of each run, and the messages. */
export function sessionJson(session: Session): object {
  return { ...headJson(session), log: session.log.map(turnJson) };
}

function turnJson({ at, prompt, answer, result }: Turn): object {
  return {
    time: new Date(at).toISOString(),
    prompt: textOf(prompt),
    answer: answer === undefined ? null : textOf(answer),
    messages: [prompt, ...(answer === undefined ? [] : [answer])].map(messageJson),
    final_model: result?.model ?? null,
    backend: result?.backend ?? null,
    profile: result?.profile ?? null,
    degraded: result?.degraded ?? null,
    finish_reason: result?.finishReason ?? null,
    chain_log: result?.chainLog ?? [],
    usage: result?.usage === undefined ? null : usageJson(result.usage),
    cost_usd: result?.costUsd === undefined ? null : plainUsd(result.costUsd),
    first_content_ms: result?.firstContentMs === undefined ? null : Math.round(result.firstContentMs),
    duration_ms: result === undefined ? null : Math.round(result.durationMs),
    request_id: result?.requestId ?? null,
    error: result?.error ?? null,
  };
}

function messageJson({ role, parts }: Message): { role: string; parts: readonly Part[] } {
  return { role, parts };
}
