import { formatDuration } from "../../core/duration.ts";
import { answerTokens, promptTokens } from "../../core/usage.ts";
import type { EndedRequest } from "../../server/ended.ts";
import { neutralise } from "../output/neutralise.ts";

/** One request in one line. `json` is for programs; its keys are a promise. */
export function requestLine(ended: EndedRequest, format: "pretty" | "json", wallMs: number): string {
  return format === "json" ? jsonLine(ended, wallMs) : prettyLine(ended);
}

function prettyLine({ method, path, status, durationMs, whole, outcome }: EndedRequest): string {
  const by = outcome?.actualModel === undefined ? [] : [`${outcome.actualModel} @ ${outcome.backend}`];
  const parts = [
    `${method} ${path} ${status}`,
    ...by,
    formatDuration(durationMs),
    ...(outcome === undefined ? [] : [outcome.chainLog.join(" -> ")]),
    ...(whole ? [] : ["client went away"]),
  ];
  return `nexus: ${neutralise(parts.join(" · "))}`;
}

function jsonLine(ended: EndedRequest, wallMs: number): string {
  const { outcome } = ended;
  return JSON.stringify({
    time: new Date(wallMs).toISOString(),
    level: ended.bug !== undefined ? "error" : outcome?.fallbackUsed || outcome?.degraded ? "warn" : "info",
    request_id: ended.requestId,
    method: ended.method,
    path: ended.path,
    status: ended.status,
    duration_ms: Math.round(ended.durationMs),
    client_gone: !ended.whole,
    profile: outcome?.profile ?? null,
    requested_model: outcome?.primaryModel ?? null,
    model: outcome?.actualModel ?? null,
    backend: outcome?.backend ?? null,
    fallback_used: outcome?.fallbackUsed ?? false,
    chain_log: outcome?.chainLog ?? [],
    input_tokens: outcome?.usage === undefined ? null : promptTokens(outcome.usage),
    output_tokens: outcome?.usage === undefined ? null : answerTokens(outcome.usage),
    cost_usd: outcome?.costUsd ?? null,
    error: outcome?.error?.code ?? ended.refused ?? null,
  });
}
