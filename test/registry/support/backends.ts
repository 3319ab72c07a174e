import type { Backend, ModelInfo } from "../../../src/core/backend.ts";
import { backend } from "../../support/run-engine.ts";

/** A configured backend that lists these models. Without models nobody knows yet what it serves. */
export function backendNamed(name: string, models?: readonly string[], over: Partial<Backend> = {}): Backend {
  const stated = models === undefined ? {} : { models: listed(models) };
  return backend(name, { url: `http://10.0.0.1/${name}`, ...stated, ...over });
}

/** Models of which only the ids are known. */
export function listed(ids: readonly string[]): readonly ModelInfo[] {
  return ids.map((id) => ({ id }));
}
