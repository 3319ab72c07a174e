import { keyHint } from "../../backends/missing-key.ts";
import type { Backend, BackendType } from "../../core/backend.ts";
import { type Failure, RULES } from "../../core/failure.ts";
import { oneLine, redact } from "../../core/text.ts";
import type { Listing } from "../../registry/list-models.ts";
import { knownSecrets } from "../../secrets/secret.ts";
import { EXIT } from "../exit-codes.ts";

/** Longest wait for a free answer where a person asked for it, in milliseconds. */
export const ASK_MS = 5000;

/** Why a backend cannot be used, if so. Having no list of models is no failure where its models are stated. */
export function failureOf(backend: Backend, listing: Listing): Failure | undefined {
  if (listing.ok || (backend.models !== undefined && listing.failure.status === 404)) return undefined;
  return listing.failure;
}

/** What went wrong, on one line and without any key. */
export function failureText(failure: Failure): string {
  if (failure.keyMissing) return "no key";
  const status = failure.status === undefined ? "" : ` (status ${failure.status})`;
  const text = oneLine(redact(failure.message, knownSecrets()));
  return text.includes(String(failure.status)) ? text : text + status;
}

const STARTS: Readonly<Partial<Record<BackendType, string>>> = {
  ollama: "is Ollama running? ollama serve",
  vllm: "is vLLM running? vllm serve MODEL",
  llamacpp: "is llama.cpp running? llama-server -m MODEL.gguf",
  lmstudio: "is LM Studio's server running? lms server start",
  exo: "is exo running? exo",
};

/** What to do about it, where that is known. */
export function hintFor(backend: Backend, failure: Failure): string | undefined {
  if (failure.class === "auth")
    return failure.keyMissing ? keyHint(backend) : `check its key: ${keyHint(backend)}`;
  if (failure.class === "network" || failure.class === "timeout") {
    return STARTS[backend.type] ?? `check its address: ${backend.url}`;
  }
  if (failure.status === 404) return `it has no list of models at ${backend.url}/models; is its url right?`;
  return undefined;
}

/** The exit code for failures of backends: 4 when every cause is a key, 5 when one may pass by itself, else 6. */
export function exitCodeOfFailures(failures: readonly Failure[]): number {
  if (failures.length === 0) return EXIT.ok;
  if (failures.every((failure) => failure.class === "auth")) return EXIT.auth;
  return failures.some((failure) => RULES[failure.class].passes) ? EXIT.retryLater : EXIT.permanent;
}
