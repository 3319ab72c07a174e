import type { BackendType } from "../core/backend.ts";
import { isObject } from "../core/json.ts";

/** Where a type of server tells how many tokens its loaded models may use, and how to read that. */
export interface LoadedContext {
  /** Below the server's root, free, loads nothing. */
  readonly path: string;
  /** Tokens by model id; the id `*` stands for every model of the server. What is not loaded is not there. */
  read(body: unknown): ReadonlyMap<string, number>;
}

/** Servers that tell it elsewhere than in their list of models, as vLLM does. */
export const LOADED_CONTEXT: Readonly<Partial<Record<BackendType, LoadedContext>>> = {
  /** https://docs.ollama.com/api/ps */
  ollama: {
    path: "/api/ps",
    read: (body) => collect(field(body, "models"), (entry) => [entry["model"], entry["context_length"]]),
  },
  /** https://lmstudio.ai/docs/developer/rest/endpoints */
  lmstudio: {
    path: "/api/v0/models",
    read: (body) => collect(field(body, "data"), (entry) => [entry["id"], entry["loaded_context_length"]]),
  },
  /** https://github.com/ggml-org/llama.cpp/tree/master/tools/server#get-props-get-server-global-properties */
  llamacpp: {
    path: "/props",
    read: (body) => collect([field(body, "default_generation_settings")], (entry) => ["*", entry["n_ctx"]]),
  },
};

type Entry = Readonly<Record<string, unknown>>;

function field(body: unknown, name: string): unknown {
  return isObject(body) ? body[name] : undefined;
}

function collect(
  list: unknown,
  pick: (entry: Entry) => readonly [unknown, unknown],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const entry of Array.isArray(list) ? list.filter(isObject) : []) {
    const [id, tokens] = pick(entry);
    if (typeof id === "string" && typeof tokens === "number" && Number.isInteger(tokens) && tokens > 0) {
      found.set(id, tokens);
    }
  }
  return found;
}
