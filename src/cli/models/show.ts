import { zoneOf } from "../../backends/zone.ts";
import type { Backend, ModelInfo } from "../../core/backend.ts";
import type { Failure } from "../../core/failure.ts";
import { rememberList } from "../../registry/cached-lists.ts";
import { askModels } from "../../registry/list-models.ts";
import { failureText } from "../../registry/listing-failure.ts";
import type { CommandContext } from "../app.ts";
import { findBackend, noBackends } from "../backend/find.ts";
import { exitCodeOfFailures, hintFor } from "../backend/verdict.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, table, warn } from "../output/print.ts";
import { waiting } from "../output/waiting.ts";
import { openWorld, type World } from "../wiring.ts";

/** Contract: all backends are asked at once, and two seconds at most. */
const LIST_MS = 2000;

interface Row {
  readonly model: ModelInfo;
  readonly backend: Backend;
}

/** `nexus models` */
export async function showModels(
  context: CommandContext,
  flags: { backend?: string; json?: boolean },
): Promise<number> {
  const world = await openWorld(context, { detect: true });
  try {
    const { catalog } = world;
    const backends = flags.backend === undefined ? catalog.backends : [findBackend(catalog, flags.backend)];
    if (backends.length === 0) throw noBackends();
    const rows: Row[] = [];
    const failures: Failure[] = [];
    const asked = Promise.all(backends.map((backend) => ask(world, backend)));
    for (const { backend, models, failure } of await waiting(context, "asking for models", asked)) {
      rows.push(...models.map((model) => ({ model, backend })));
      if (failure === undefined) continue;
      failures.push(failure);
      const hint = hintFor(backend, failure);
      warn(context, `${backend.name} is left out: ${failureText(failure)}${hint ? `; ${hint}` : ""}`);
    }
    if (flags.json) await printJson(context.app, rows.map(rowJson));
    else await table(context.app, rows.map(rowText), ["MODEL", "BACKEND", "ZONE", "CONTEXT"]);
    return failures.length < backends.length ? EXIT.ok : exitCodeOfFailures(failures);
  } finally {
    await world.close();
  }
}

async function ask({ upstream, findKey, state }: World, backend: Backend) {
  if (backend.models !== undefined) return { backend, models: backend.models, failure: undefined };
  const listing = await askModels(upstream, findKey, backend, AbortSignal.timeout(LIST_MS));
  if (listing.ok) await rememberList(state, backend, listing.models);
  return listing.ok
    ? { backend, models: listing.models, failure: undefined }
    : { backend, models: [], failure: listing.failure };
}

function rowText({ model, backend }: Row): readonly string[] {
  return [model.id, backend.name, zoneOf(backend, model), `${model.contextLength ?? "-"}`];
}

function rowJson({ model, backend }: Row) {
  return {
    model: model.id,
    backend: backend.name,
    zone: zoneOf(backend, model),
    context_length: model.contextLength ?? null,
    max_output_tokens: model.maxOutputTokens ?? null,
    capabilities: model.capabilities ?? null,
  };
}
