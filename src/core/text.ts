/** Longest text from elsewhere that a chain log or message repeats, in characters. */
export const MAX_FOREIGN_TEXT = 200;

/**
 * Text from a backend, fit for one line of a log: HTML dropped, control and direction characters and runs of white
 * space made single spaces, at most 200 characters.
 */
export function oneLine(text: string, max: number = MAX_FOREIGN_TEXT): string {
  // Most texts are short and plain.
  if (text.length <= max && PLAIN.test(text)) return text;
  const plain = text
    .slice(0, max * 20)
    .replace(/<(script|style|title)\b[^>]*>[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[a-z/!][^>]*>/gi, " ")
    .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  const characters = [...plain];
  return characters.length <= max ? plain : `${characters.slice(0, max - 1).join("")}…`;
}

/** Words of printable ASCII with single spaces between them, and nothing that could begin a tag. */
const PLAIN = /^(?:[!-;=-~]+(?: [!-;=-~]+)*)?$/;

/** The text with every secret that occurs in it replaced, as it stands and in URL and JSON escapes. */
export function redact(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === "") continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      clean = clean.replaceAll(form, "[redacted]");
    }
  }
  return clean;
}
