import { isLoopback } from "../backends/address.ts";
import { resolveBackend } from "../backends/resolve.ts";
import { BACKEND_TYPES, TYPE_NAMES } from "../backends/types.ts";
import type { Backend } from "../core/backend.ts";
import { fingerprint, type Get } from "./fingerprint.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Contract: these are looked for on their default ports. */
const LOOKED_FOR = TYPE_NAMES.filter((type) => ["ollama", "lmstudio", "llamacpp", "vllm"].includes(type));

/** A server on this machine answers in a few milliseconds or is not there. */
const PROBE_MS = 300;

/** Whether the user turned the search for local servers off. */
export function detectionIsOff(env: Env): boolean {
  const value = env["NEXUS_NO_DETECT"] ?? "";
  return value !== "" && value !== "0";
}

/**
 * Local servers that answer on their default ports, Ollama's where `OLLAMA_HOST` says. A server is taken only for what
 * it proves to be: any web server may listen on 8080.
 */
export async function detectServers(get: Get, env: Env): Promise<readonly Backend[]> {
  const roots = new Set(LOOKED_FOR.map((type) => rootOf(type, env)));
  const found = await Promise.all([...roots].map((root) => detectAt(get, root)));
  return named(found.filter((backend) => backend !== undefined));
}

/** The address that `OLLAMA_HOST` means, as Ollama itself reads it: scheme, host and port may each be left out. */
export function ollamaRoot(host: string | undefined): string {
  const fallback = "http://127.0.0.1:11434";
  const text = (host ?? "").trim().replace(/^["']|["']$/g, "");
  if (text === "") return fallback;
  const [, scheme = "http", rest = ""] = /^(?:(https?):\/\/)?(.*)$/.exec(text) ?? [];
  const authority = rest.replace(/\/.*$/, "");
  const local = authority.startsWith(":") ? `127.0.0.1${authority}` : authority;
  const hasPort = /:\d+$/.test(local) && !/^[^[]*:.*:/.test(local);
  const port = scheme === "https" ? 443 : /^http:/.test(text) ? 80 : 11434;
  const url = `${scheme}://${hasPort ? local : `${local}:${port}`}`;
  if (!URL.canParse(url)) return fallback;
  // A server told to listen everywhere is reached here.
  return new URL(url.replace(/\/\/(0\.0\.0\.0|\[::\])/, "//127.0.0.1")).origin;
}

function rootOf(type: (typeof LOOKED_FOR)[number], env: Env): string {
  return type === "ollama" ? ollamaRoot(env["OLLAMA_HOST"]) : `http://127.0.0.1:${BACKEND_TYPES[type].port}`;
}

async function detectAt(get: Get, root: string): Promise<Backend | undefined> {
  const zone = isLoopback(new URL(root).hostname) ? "restricted" : "open";
  const found = await fingerprint(get, root, { zone, timeoutMs: PROBE_MS });
  if (found.is === "openai-like" || found.is === "something-else" || found.is === "unreachable")
    return undefined;
  return resolveBackend(found.is, { type: found.is, url: root }, "detected");
}

/** Two servers of one type get names of their own: `vllm`, `vllm-2`. */
function named(backends: readonly Backend[]): readonly Backend[] {
  const seen = new Map<string, number>();
  return backends.map((backend) => {
    const count = (seen.get(backend.name) ?? 0) + 1;
    seen.set(backend.name, count);
    return count === 1 ? backend : { ...backend, name: `${backend.name}-${count}` };
  });
}
