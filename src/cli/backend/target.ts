import { presetAt, presetNamed } from "../../backends/clouds.ts";
import { PRESETS } from "../../backends/presets.ts";
import { isBackendType, TYPE_NAMES } from "../../backends/types.ts";
import type { BackendType } from "../../core/backend.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import { ollamaRoot } from "../../registry/detect.ts";

/** What `backend add` was given. */
export interface Target {
  /** Undefined: the type's own address. */
  readonly url?: string;
  /** Undefined: to be found out. */
  readonly type?: BackendType;
  /** What it is called after, where that is not its type. */
  readonly name?: string;
}

/** An address, a preset's name or a type's name. Throws a `Problem` with the nearest names for anything else. */
export function readTarget(text: string, env: Readonly<Record<string, string | undefined>>): Target {
  if (text.includes("://")) return addressTarget(text);
  const preset = presetNamed(text);
  if (preset !== undefined) return { url: preset.record.url, type: preset.record.type, name: text };
  if (isBackendType(text))
    return text === "ollama" ? { type: text, url: ollamaRoot(env["OLLAMA_HOST"]) } : { type: text };
  if (/[.:]|^localhost$/.test(text)) return addressTarget(`http://${text}`);
  const known = [...Object.keys(PRESETS), ...TYPE_NAMES];
  const message = `"${text}" is no address, provider or type${didYouMean(text, known)}`;
  throw new Problem("usage", "bad_target", message, "give an address such as http://127.0.0.1:11434");
}

function addressTarget(address: string): Target {
  // People copy the address of a request; its end is nexus's to add.
  const url = address.replace(/\/(chat\/completions|completions|models)?\/*$/, "");
  const origin = URL.canParse(url) ? new URL(url).origin : "";
  const preset = presetAt(origin);
  if (preset === undefined) return { url };
  const name = Object.keys(PRESETS).find((known) => PRESETS[known] === preset);
  return { url, type: preset.record.type, ...(name === undefined ? {} : { name }) };
}
