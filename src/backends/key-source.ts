import type { KeySource } from "../core/backend.ts";
import { Problem } from "../core/problem.ts";
import { type Preset, presetAt, presetNamed } from "./clouds.ts";
import type { BackendRecord } from "./record.ts";

/** How the keys of well-known providers begin. */
const KEY_PREFIX = /^(sk-|sk_|pk-|gsk_|xai-|AIza|hf_|nvapi-|pplx-|csk-|fw_|tgp_|ghp_|r8_|Bearer\b)/i;

/**
 * Where a backend's key comes from. What the record names comes first; without it the variable of the preset that has
 * the backend's name or listens at its address: a provider's key is never sent to somebody else by default.
 * A backend that names a key, or is a known cloud, cannot work without one.
 */
export function keySource(name: string, record: BackendRecord, url: string): KeySource {
  const stated = record.api_key_env ?? record.api_key_ref;
  const env = record.api_key_env === undefined ? [] : [variableName(name, record.api_key_env)];
  const ref = record.api_key_ref === undefined ? undefined : refName(name, record.api_key_ref);
  const preset = stated === undefined ? presetFor(name, record, url) : undefined;
  return {
    env: preset?.env ?? env,
    ...(ref === undefined ? {} : { ref }),
    required: stated !== undefined || preset !== undefined,
  };
}

/** The preset whose key a backend uses when it names none. */
export function presetFor(name: string, record: BackendRecord, url: string): Preset | undefined {
  const byName = presetNamed(name);
  return byName?.record.type === record.type ? byName : presetAt(new URL(url).origin);
}

function variableName(backend: string, text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !KEY_PREFIX.test(text)) return text;
  throw literal(backend, "api_key_env", "the name of an environment variable");
}

function refName(backend: string, text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text) && !KEY_PREFIX.test(text)) return text;
  throw literal(backend, "api_key_ref", "the name of a stored key");
}

/** The value is not repeated: it may be the key itself. */
function literal(backend: string, key: string, wanted: string): Problem {
  return new Problem(
    "config",
    "key_not_a_name",
    `backend "${backend}": ${key} has to be ${wanted}, never a key itself`,
    `store the key with \`nexus key set ${backend}\``,
  );
}
