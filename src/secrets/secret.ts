import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import type { Secret } from "../core/backend.ts";

const HIDDEN = "[redacted]";

/** Every key this process has loaded. */
const loaded = new Set<string>();

/** The text of every key this process has loaded, for `redact` to take out of whatever is printed or written. */
export function knownSecrets(): Iterable<string> {
  return loaded;
}

/**
 * A key as a `Secret`: every way of printing it shows `[redacted]`. The fingerprint is keyed with this installation's
 * salt, so that it tells nothing about the key and matches nothing elsewhere.
 */
export function createSecret(text: string, salt: Uint8Array): Secret {
  loaded.add(text);
  const hidden = () => HIDDEN;
  const secret = {
    reveal: () => text,
    fingerprint: createHmac("sha256", salt).update(text).digest("hex").slice(0, 32),
    toString: hidden,
    toJSON: hidden,
    [inspect.custom]: hidden,
  };
  return secret;
}

/**
 * A key as typed, piped or exported, without the white space around it. Undefined when it cannot stand in a header:
 * empty, or with control characters, white space or anything beyond ASCII inside.
 */
export function cleanKey(text: string): string | undefined {
  const key = text.replace(/^\uFEFF/, "").trim();
  return /^[\x21-\x7e]+$/.test(key) ? key : undefined;
}
