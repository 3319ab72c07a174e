import type { ModelInfo } from "../../core/backend.ts";
import { formatDuration } from "../../core/duration.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, table } from "../output/print.ts";
import { openWorld } from "../wiring.ts";
import { findBackend } from "./find.ts";
import { keyJson, keyPlaces, keyText, warnMissingKeys } from "./key-state.ts";

/** `nexus backend show NAME` */
export async function showBackend(
  context: CommandContext,
  name: string,
  flags: { json?: boolean },
): Promise<number> {
  const world = await openWorld(context, { detect: true });
  try {
    const backend = findBackend(world.catalog, name);
    const { type, url, zone, tier, priority, source, timeouts, headers, models, probe } = backend;
    const places = await keyPlaces(context, world, [backend]);
    const place = places.get(name);
    if (flags.json) {
      await printJson(context.app, {
        ...{ name, type, url, zone, tier, priority, source, key: keyJson(backend, place) },
        max_concurrent: backend.maxConcurrent ?? null,
        models: models?.map(modelJson) ?? null,
        probe: probe === undefined ? null : { model: probe.model, per_day: probe.perDay },
        timeouts: Object.fromEntries(Object.entries(timeouts).map(([clock, ms]) => [snakeCase(clock), ms])),
        headers,
      });
      return EXIT.ok;
    }
    await table(context.app, [
      ...[
        ["name", name],
        ["type", type],
        ["url", url],
        ["zone", zone],
        ["tier", `${tier}`],
      ],
      ["priority", `${priority}`],
      ["at once", `${backend.maxConcurrent ?? "any number of requests"}`],
      ["source", source],
      ["key", keyText(place)],
      ["models", models?.map(({ id }) => id).join(", ") ?? "asked of the server"],
      ["probe", probe === undefined ? "off" : `${probe.model}, ${probe.perDay} times a day`],
      ...Object.entries(timeouts).map(([clock, ms]) => [
        snakeCase(clock).replace(/_ms$/, ""),
        formatDuration(ms),
      ]),
      ...Object.entries(headers).map(([header, value]) => [`header ${header}`, value]),
    ]);
    warnMissingKeys(context, [backend], places);
    return EXIT.ok;
  } finally {
    await world.close();
  }
}

function modelJson({ id, contextLength, maxOutputTokens, capabilities }: ModelInfo) {
  return {
    id,
    context_length: contextLength ?? null,
    max_output_tokens: maxOutputTokens ?? null,
    capabilities: capabilities ?? null,
  };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
