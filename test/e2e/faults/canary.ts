import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Keys no output may hold, of characters that change under URL and JSON escapes. */
export const CANARIES = {
  env: 'sk-canary+/"\\%&?=<>~env/0123456789',
  stored: 'sk-canary"\\+/=%7B{}~stored+0123456789',
};

/** Something that might hold a secret. */
export interface Artefact {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where a canary stands in an artefact, in any of its forms: `stderr: base64`. Empty: nowhere. */
export function findCanaries(artefacts: readonly Artefact[]): string[] {
  const forms = Object.values(CANARIES).flatMap(formsOf);
  return artefacts.flatMap(({ name, bytes }) =>
    forms.filter(([, text]) => Buffer.from(bytes).includes(text)).map(([form]) => `${name}: ${form}`),
  );
}

/** Every way in which a key might be written down. */
function formsOf(key: string): (readonly [form: string, text: string])[] {
  return [
    ["raw", key],
    ["URL-encoded", encodeURIComponent(key)],
    ["URL-encoded as a form", new URLSearchParams({ key }).toString().slice(4)],
    ["JSON-escaped", JSON.stringify(key).slice(1, -1)],
    ["JSON-escaped twice", JSON.stringify(JSON.stringify(key)).slice(3, -3)],
    ...[0, 1, 2].flatMap((shift) => {
      const text = inBase64(key, shift);
      const urlSafe = text.replaceAll("+", "-").replaceAll("/", "_");
      return [
        [`base64 at ${shift}`, text],
        [`base64url at ${shift}`, urlSafe],
      ] as const;
    }),
  ];
}

/** What a text looks like inside base64 when so many bytes stand before it: the characters that are its alone. */
function inBase64(key: string, shift: number): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(key)]).toString("base64");
  const from = Math.ceil((shift * 8) / 6);
  const to = Math.floor(((shift + Buffer.byteLength(key)) * 8) / 6);
  return encoded.slice(from, to);
}

/** Every file below a directory. */
export async function filesBelow(dir: string): Promise<Artefact[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (name) => ({ name, bytes: await readFile(name) })));
}
