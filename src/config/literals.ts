import { isJsonObject, type Json } from "../core/json.ts";

/** Names of keys whose text value could only be a credential. `api_key_env` and `api_key_ref` name one. */
const CREDENTIAL_KEY =
  /^(api[-_]?key|apikey|auth[-_]?(token|key)|access[-_]?token|bearer([-_]?token)?|authorization|password|secret([-_]?key)?|client[-_]?secret|token|key)$/i;

/** How the keys of well-known providers look. */
const CREDENTIAL_TEXT =
  /^((sk|pk|rk)[-_]|gsk_|xai-|AIza|hf_|nvapi-|pplx-|csk-|fw_|tgp_|gh[pousr]_|github_pat_|r8_)[A-Za-z0-9_-]{12,}$|^Bearer\s+\S{12,}$/;

/** Whether a text looks like somebody's key, so that it is neither kept nor repeated. */
function looksLikeKey(text: string): boolean {
  return CREDENTIAL_TEXT.test(text.trim());
}

/** Whether a key's name asks for a credential in its value. */
function isCredentialName(name: string): boolean {
  return CREDENTIAL_KEY.test(name);
}

/** The paths of everything in a document that looks like a literal credential. */
export function literalKeys(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === "string") return looksLikeKey(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((each, at) => literalKeys(each, [...path, String(at)]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    isCredentialName(name) && typeof each === "string"
      ? [[...path, name]]
      : literalKeys(each, [...path, name]),
  );
}

/** A value as a message may repeat it: short, and nothing that looks like a key. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string" && looksLikeKey(value)) return "what looks like a key";
  const text = JSON.stringify(value);
  return text.length > 60 || literalKeys(value).length > 0 ? `${kindOf(value)} given` : text;
}

function kindOf(value: Json): string {
  if (Array.isArray(value)) return "the list";
  return typeof value === "object" ? "the object" : `the ${typeof value}`;
}
