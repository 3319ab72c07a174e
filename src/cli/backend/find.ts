import { PRESETS } from "../../backends/presets.ts";
import type { Backend } from "../../core/backend.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Catalog } from "../../core/ports.ts";
import { Problem } from "../../core/problem.ts";

/** The backend of this name: configured, a preset, or found. Throws a `Problem` with the nearest names. */
export function findBackend(catalog: Catalog, name: string): Backend {
  const backend = catalog.backend(name);
  if (backend !== undefined) return backend;
  const known = [...catalog.backends.map((one) => one.name), ...Object.keys(PRESETS)];
  throw noSuchBackend(name, known);
}

/** Says that no backend has this name. */
export function noSuchBackend(name: string, known: Iterable<string>): Problem {
  const message = `no backend is called "${name}"${didYouMean(name, known)}`;
  return new Problem("not-found", "backend_not_found", message, "`nexus backend list` shows what there is");
}

/** Says how to get a first backend. */
export function noBackends(): Problem {
  const ways = [
    "start a local server (for example Ollama), then: nexus backend add http://127.0.0.1:11434",
    "set a provider's key, for example OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY",
    "add any OpenAI-compatible server: nexus backend add https://llm.example.com/v1",
  ];
  return new Problem("config", "no_backend", "there is no backend yet", `one of:\n  ${ways.join("\n  ")}`);
}
