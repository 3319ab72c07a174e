import type { Backend } from "../../core/backend.ts";
import type { Failure } from "../../core/failure.ts";
import type { FindKey } from "../../core/ports.ts";
import { askModels } from "../../registry/list-models.ts";
import { failureText, listingFailure } from "../../registry/listing-failure.ts";
import type { CommandContext } from "../app.ts";
import { note } from "../output/print.ts";
import { waiting } from "../output/waiting.ts";
import type { World } from "../wiring.ts";
import { ASK_MS, hintFor } from "./verdict.ts";

/** Asks a backend that need not be saved yet for its models, which costs nothing, and tells how that ended. */
export async function tryBackend(
  context: CommandContext,
  { upstream }: Pick<World, "upstream">,
  backend: Backend,
  findKey: FindKey,
): Promise<Failure | undefined> {
  const { name, url } = backend;
  const asked = askModels(upstream, findKey, backend, AbortSignal.timeout(ASK_MS));
  const listing = await waiting(context, `asking ${url} for models`, asked);
  const failure = listingFailure(backend, listing);
  if (failure === undefined) {
    const count = listing.ok ? listing.models.length : 0;
    note(
      context,
      `${name} answers: ${count === 0 ? "it lists no models" : count === 1 ? "1 model" : `${count} models`}`,
    );
    return undefined;
  }
  const hint = hintFor(backend, failure);
  note(context, `${name} cannot be used: ${failureText(failure)}${hint === undefined ? "" : `; ${hint}`}`);
  return failure;
}
