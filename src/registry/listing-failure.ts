import type { Backend } from "../core/backend.ts";
import type { Failure } from "../core/failure.ts";
import { oneLine, redact } from "../core/text.ts";
import { knownSecrets } from "../secrets/secret.ts";
import type { Listing } from "./list-models.ts";

/** What a server without a list of models answers. */
const NO_LIST: readonly (number | undefined)[] = [404, 405, 501];

/** Why a backend cannot be used, if so. Having no list of models is no failure where its models are known without it. */
export function listingFailure(backend: Backend, listing: Listing): Failure | undefined {
  if (listing.ok) return undefined;
  const known = backend.models !== undefined || backend.usualModels.length > 0;
  return known && NO_LIST.includes(listing.failure.status) ? undefined : listing.failure;
}

/** What went wrong, on one line and without any key. */
export function failureText(failure: Failure): string {
  if (failure.keyMissing) return "no key";
  const status = failure.status === undefined ? "" : ` (status ${failure.status})`;
  const text = oneLine(redact(failure.message, knownSecrets()));
  return text.includes(String(failure.status)) ? text : text + status;
}
