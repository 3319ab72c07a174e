import type { DialectName } from "../core/backend.ts";
import { Problem } from "../core/problem.ts";
import { isMetadata } from "./address.ts";
import { type Preset, presetAt } from "./clouds.ts";
import { BACKEND_TYPES } from "./types.ts";

/**
 * The base address of a backend, as it is used: no trailing slash, and with a path. Where the URL has none, it gets the
 * path of the known provider at that origin, else its dialect's. Throws a `Problem` that names the backend and the key.
 */
export function baseUrl(text: string, backend: string, dialect: DialectName = "openai-chat"): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    // What stands before an @ may be a password.
    const shown = text.includes("@") ? "what is given" : `"${text}"`;
    throw broken(backend, `${shown} is not an http(s) address`, "for example http://127.0.0.1:11434");
  }
  // The text itself is not repeated: it holds a credential.
  if (url.username !== "" || url.password !== "") {
    throw broken(
      backend,
      "it holds a user name or password",
      "keep keys with `nexus key set` or in a variable",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw broken(backend, "it has a query or fragment, which a base address cannot have");
  }
  if (isMetadata(url.hostname)) {
    throw broken(backend, `${url.hostname} is a cloud's metadata service, which is never asked`);
  }
  const path = url.pathname.replace(/\/+$/, "");
  const known = presetAt(url.origin)?.record;
  if (known !== undefined && (path === "" || url.origin + path === known.url)) return sideOf(known, dialect);
  return url.origin + (path === "" ? BASE_PATH[dialect] : path);
}

/** Where a known provider speaks this dialect: some have OpenAI's at an address of its own. */
function sideOf({ type, url }: Preset["record"], dialect: DialectName): string {
  const row = BACKEND_TYPES[type];
  return url + (dialect === "openai-chat" && row.dialect !== dialect ? (row.openaiAt ?? "") : "");
}

/** Whether two base addresses lead to one server, be it to different languages of it. */
export function isSameServer(a: string, b: string): boolean {
  return a.replace(/\/v1$/, "") === b.replace(/\/v1$/, "");
}

/** Where servers of a dialect have it. */
const BASE_PATH: Readonly<Record<DialectName, string>> = {
  "openai-chat": "/v1",
  "openai-responses": "/v1",
  anthropic: "/v1",
  gemini: "/v1beta",
  ollama: "",
};

function broken(backend: string, what: string, hint?: string): Problem {
  return new Problem("config", "backend_url_invalid", `backend "${backend}": url: ${what}`, hint);
}
