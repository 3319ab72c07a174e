import { keyHint } from "../../backends/missing-key.ts";
import type { Backend, BackendType } from "../../core/backend.ts";
import { type Failure, RULES } from "../../core/failure.ts";
import { EXIT } from "../exit-codes.ts";

/** Longest wait for a free answer where a person asked for it, in milliseconds. */
export const ASK_MS = 5000;

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
