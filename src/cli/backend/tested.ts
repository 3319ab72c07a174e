import type { Backend, ModelInfo } from "../../core/backend.ts";
import type { Clock } from "../../core/clock.ts";
import { formatDuration } from "../../core/duration.ts";
import { isObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import { DIALECTS } from "../../dialects/index.ts";
import { askModels } from "../../registry/list-models.ts";
import { failureText, listingFailure } from "../../registry/listing-failure.ts";
import type { World } from "../wiring.ts";
import { findBackend, noBackends } from "./find.ts";
import { ASK_MS, exitCodeOfFailures, hintFor } from "./verdict.ts";

/** What became of asking backends for their models: for programs, for people, and as an exit code. */
export interface Tested {
  readonly report: readonly object[];
  /** Under `TESTED_COLUMNS`. */
  readonly rows: readonly (readonly string[])[];
  /** How many cannot be used now. */
  readonly failed: number;
  readonly exitCode: number;
}

/** What the columns of a test's rows are called. */
export const TESTED_COLUMNS = ["NAME", "RESULT", "LATENCY", "MODELS", "CONTEXT", "WHAT TO DO"] as const;

/**
 * Asks one backend or all of a world for their models, which costs nothing. Throws a `Problem` for an unknown name, and
 * where there is no backend at all.
 */
export async function testIn(
  world: World,
  clock: Clock,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Tested> {
  const backends = name === undefined ? world.catalog.backends : [findBackend(world.catalog, name)];
  if (backends.length === 0) throw noBackends();
  const tested = await Promise.all(backends.map((backend) => test(world, clock, backend, signal)));
  const failures = tested.flatMap(({ failure }) => failure ?? []);
  return {
    report: tested.map(({ report }) => report),
    rows: tested.map(({ row }) => row),
    failed: failures.length,
    exitCode: exitCodeOfFailures(failures),
  };
}

async function test(world: World, clock: Clock, backend: Backend, signal: AbortSignal) {
  const began = clock.now();
  const until = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  const listing = await askModels(world.upstream, world.findKey, backend, until);
  const failure = listingFailure(backend, listing);
  const sent = failure?.keyMissing !== true;
  const latencyMs = sent ? Math.round(clock.now() - began) : undefined;
  const models = listing.ok ? listing.models : backend.models;
  const hint = failure === undefined ? undefined : hintFor(backend, failure);
  const { name, type, url } = backend;
  const result =
    failure !== undefined
      ? failureText(failure)
      : listing.ok
        ? "ok"
        : "ok (it lists no models, so its key was not checked)";
  const said = {
    class: failure?.class,
    message: result,
    status: failure?.status ?? null,
    hint: hint ?? null,
  };
  return {
    failure,
    report: {
      ...{ name, type, url, ok: failure === undefined },
      asked: sent ? `GET ${url}${DIALECTS[backend.dialect].models.request(undefined).path}` : null,
      /** What a running server holds of it. */
      status: world.running?.registry.get(name)?.status ?? null,
      latency_ms: latencyMs ?? null,
      models: models?.map(({ id, contextLength }) => ({ id, context_length: contextLength ?? null })) ?? null,
      error: failure === undefined ? null : said,
    },
    row: [
      name,
      result,
      latencyMs === undefined ? "-" : formatDuration(latencyMs),
      `${models?.length ?? "-"}`,
      contextText(models ?? []),
      hint ?? "",
    ],
  };
}

/** The windows of its models, from the smallest to the largest: of those that are loaded where the server tells them. */
function contextText(models: readonly ModelInfo[]): string {
  const windows = models.flatMap(({ contextLength }) => contextLength ?? []);
  if (windows.length === 0) return "-";
  const [least, most] = [Math.min(...windows), Math.max(...windows)];
  return least === most ? `${least}` : `${least}-${most}`;
}

/** What a server found out. Throws a `Problem` of kind `io` when that makes no sense. */
export function readTested(told: unknown): Tested {
  const { report, rows, failed, exitCode } = isObject(told) ? told : {};
  if (
    Array.isArray(report) &&
    Array.isArray(rows) &&
    typeof failed === "number" &&
    typeof exitCode === "number"
  ) {
    return {
      report: report.filter(isObject),
      rows: rows.filter(Array.isArray).map((row: readonly unknown[]) => row.map(String)),
      failed,
      exitCode,
    };
  }
  throw new Problem("io", "server_silent", "what the running server found out makes no sense");
}
