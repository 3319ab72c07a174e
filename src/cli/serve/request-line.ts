import { formatDuration } from "../../core/duration.ts";
import { formatUsd } from "../../core/money.ts";
import { answerTokens, promptTokens } from "../../core/usage.ts";
import type { EndedRequest } from "../../server/ended.ts";
import { neutralise } from "../output/neutralise.ts";

/** One request in one line. `json` is for programs; its keys are a promise. */
export function requestLine(ended: EndedRequest, format: "pretty" | "json", wallMs: number): string {
  return format === "json" ? jsonLine(ended, wallMs) : prettyLine(ended);
}

/** One step of a run that goes on, in one line. */
export function debugLine(
  text: string,
  requestId: string,
  format: "pretty" | "json",
  wallMs: number,
): string {
  if (format === "pretty") return shown(`${text} · ${requestId}`);
  return JSON.stringify({ time: timeOf(wallMs), level: "debug", request_id: requestId, message: text });
}

function prettyLine(ended: EndedRequest): string {
  const { method, path, status, durationMs, whole, outcome, refused } = ended;
  const { actualModel, backend, primaryModel, costUsd, fallbackUsed = false, chainLog = [] } = outcome ?? {};
  const reason = outcome?.routeReason === undefined ? "" : ` (${outcome.routeReason})`;
  const parts = [
    `${method} ${path} ${status}`,
    ...(refused === undefined ? [] : [refused]),
    ...(actualModel === undefined ? [] : [`${actualModel} @ ${backend}${reason}`]),
    ...(fallbackUsed && actualModel !== undefined ? [`instead of ${primaryModel}`] : []),
    formatDuration(durationMs),
    ...(costUsd === undefined ? [] : [formatUsd(costUsd)]),
    ...(chainLog.length === 0 ? [] : [chainLog.join(" -> ")]),
    ...(whole ? [] : ["client went away"]),
  ];
  return shown(`${levelOf(ended) === "warn" ? "warning: " : ""}${parts.join(" · ")}`);
}

/** Clients and backends wrote some of it: it stays one line, and steers no terminal. */
function shown(text: string): string {
  return `nexus: ${neutralise(text).replaceAll(/\s+/g, " ")}`;
}

function levelOf({ bug, outcome }: EndedRequest): "error" | "warn" | "info" {
  if (bug !== undefined) return "error";
  return outcome?.fallbackUsed || outcome?.degraded ? "warn" : "info";
}

/** The second that was told last, up to its milliseconds. */
let second = { at: Number.NaN, text: "" };

/** As `toISOString` says it, which takes half as long as all the rest of a line: once in each second. */
function timeOf(wallMs: number): string {
  const ms = wallMs % 1_000;
  const at = wallMs - ms;
  if (at !== second.at) second = { at, text: new Date(at).toISOString().slice(0, -4) };
  return `${second.text}${String(ms).padStart(3, "0")}Z`;
}

function jsonLine(ended: EndedRequest, wallMs: number): string {
  const { outcome } = ended;
  return JSON.stringify({
    time: timeOf(wallMs),
    level: levelOf(ended),
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
    route_reason: outcome?.routeReason ?? null,
    fallback_used: outcome?.fallbackUsed ?? false,
    chain_log: outcome?.chainLog ?? [],
    input_tokens: outcome?.usage === undefined ? null : promptTokens(outcome.usage),
    output_tokens: outcome?.usage === undefined ? null : answerTokens(outcome.usage),
    cost_usd: outcome?.costUsd ?? null,
    error: outcome?.error?.code ?? ended.refused ?? null,
  });
}
