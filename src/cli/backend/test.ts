import type { Backend } from "../../core/backend.ts";
import { formatDuration } from "../../core/duration.ts";
import type { Failure } from "../../core/failure.ts";
import { Problem } from "../../core/problem.ts";
import { askModels, type Listing } from "../../registry/list-models.ts";
import { failureText, listingFailure } from "../../registry/listing-failure.ts";
import type { CommandContext } from "../app.ts";
import { note, printJson, table } from "../output/print.ts";
import { waiting } from "../output/waiting.ts";
import { openWorld, type World } from "../wiring.ts";
import { findBackend, noBackends } from "./find.ts";
import { ASK_MS, exitCodeOfFailures, hintFor } from "./verdict.ts";

interface Verdict {
  readonly backend: Backend;
  readonly listing: Listing;
  readonly failure: Failure | undefined;
  readonly latencyMs: number;
}

/** `nexus backend test [NAME]` */
export async function testBackends(
  context: CommandContext,
  name: string | undefined,
  flags: { all?: boolean; json?: boolean },
): Promise<number> {
  if (name !== undefined && flags.all) {
    throw new Problem("usage", "name_and_all", "give the name of a backend or --all, not both");
  }
  const world = await openWorld(context, { detect: true });
  try {
    const backends = name === undefined ? world.catalog.backends : [findBackend(world.catalog, name)];
    if (backends.length === 0) throw noBackends();
    const asked = Promise.all(backends.map((backend) => ask(context, world, backend)));
    const verdicts = await waiting(context, "asking for models", asked);
    if (flags.json) await printJson(context.app, verdicts.map(verdictJson));
    else
      await table(context.app, verdicts.map(verdictRow), [
        "NAME",
        "RESULT",
        "LATENCY",
        "MODELS",
        "WHAT TO DO",
      ]);
    const failures = verdicts.flatMap(({ failure }) => failure ?? []);
    if (failures.length > 0) note(context, `${failures.length} of ${verdicts.length} cannot be used now`);
    return exitCodeOfFailures(failures);
  } finally {
    await world.close();
  }
}

async function ask({ app }: CommandContext, world: World, backend: Backend): Promise<Verdict> {
  const began = app.clock.now();
  const listing = await askModels(world.upstream, world.findKey, backend, AbortSignal.timeout(ASK_MS));
  const latencyMs = Math.round(app.clock.now() - began);
  return { backend, listing, failure: listingFailure(backend, listing), latencyMs };
}

function resultText({ failure, listing }: Verdict): string {
  if (failure !== undefined) return failureText(failure);
  return listing.ok ? "ok" : "ok (it lists no models, so its key was not checked)";
}

function modelCount({ backend, listing }: Verdict): number | undefined {
  return listing.ok ? listing.models.length : backend.models?.length;
}

function verdictRow(verdict: Verdict): readonly string[] {
  const { failure } = verdict;
  const sent = failure?.keyMissing !== true;
  return [
    verdict.backend.name,
    resultText(verdict),
    sent ? formatDuration(verdict.latencyMs) : "-",
    `${modelCount(verdict) ?? "-"}`,
    failure === undefined ? "" : (hintFor(verdict.backend, failure) ?? ""),
  ];
}

function verdictJson(verdict: Verdict) {
  const { name, type, url } = verdict.backend;
  const { failure } = verdict;
  return {
    ...{ name, type, url, ok: failure === undefined },
    latency_ms: failure?.keyMissing ? null : verdict.latencyMs,
    models: modelCount(verdict) ?? null,
    error:
      failure === undefined
        ? null
        : {
            class: failure.class,
            message: failureText(failure),
            status: failure.status ?? null,
            hint: hintFor(verdict.backend, failure) ?? null,
          },
  };
}
