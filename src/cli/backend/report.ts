import { isPublic } from "../../backends/address.ts";
import type { Backend } from "../../core/backend.ts";
import { askModels } from "../../registry/list-models.ts";
import { failureText, listingFailure } from "../../registry/listing-failure.ts";
import type { CommandContext } from "../app.ts";
import { note, print, warn } from "../output/print.ts";
import { waiting } from "../output/waiting.ts";
import type { World } from "../wiring.ts";
import { keyPlaces, warnMissingKeys } from "./key-state.ts";
import { ASK_MS, hintFor } from "./verdict.ts";

/** Tells what a backend is now, after it was added or changed, and warns when it cannot serve as it is. */
export async function report(
  context: CommandContext,
  world: World,
  backend: Backend,
  done: "added" | "replaced" | "changed",
): Promise<void> {
  const { name, type, url, zone } = backend;
  const asked = askModels(world.upstream, world.findKey, backend, AbortSignal.timeout(ASK_MS));
  const listing = await waiting(context, `asking ${url} for models`, asked);
  const models = backend.models ?? (listing.ok ? listing.models : undefined);
  const count = models === undefined ? "" : `, ${models.length} model${models.length === 1 ? "" : "s"}`;
  await print(context.app, `${done} ${name}: ${type} at ${url}, zone ${zone}${count}\n`);
  if (new URL(url).protocol === "http:" && isPublic(new URL(url).hostname)) {
    warn(context, `prompts and keys travel to ${url} unencrypted`);
  }
  const failure = listingFailure(backend, listing);
  if (failure?.keyMissing) {
    warnMissingKeys(context, [backend], await keyPlaces(context, world, [backend]));
  } else if (failure !== undefined) {
    const hint = hintFor(backend, failure);
    warn(context, `${name} cannot be used now: ${failureText(failure)}${hint ? `; ${hint}` : ""}`);
  }
  const [first] = models ?? [];
  if (done !== "changed" && first !== undefined) {
    note(context, `next: nexus profile save model NAME --backend ${name} --model ${first.id}`);
  }
}
