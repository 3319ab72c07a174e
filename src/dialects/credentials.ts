/** Headers in which the SDKs of the dialects send their key, in lower case; a client's access token comes in one of them. */
export const CREDENTIAL_HEADERS = ["authorization", "x-api-key", "x-goog-api-key"] as const;

/** The parameter of an address in which clients of Gemini may send their key. */
const QUERY_KEY = /([?&])key=([^&#]*)/;

/** The key in the address of a request to the Gemini door; undefined where there is none, at all other doors too. */
export function credentialInQuery(target: string): string | undefined {
  const [, , key] = target.startsWith("/v1beta/") ? (QUERY_KEY.exec(target) ?? []) : [];
  if (key === undefined) return undefined;
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** An address that may be shown: without the key that a client may have put there, by mistake or not. */
export function withoutCredential(target: string): string {
  // Few have one, and every request is asked.
  return target.includes("key=") ? target.replace(new RegExp(QUERY_KEY, "g"), "$1key=…") : target;
}
