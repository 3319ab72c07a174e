import { Problem } from "../../core/problem.ts";

/**
 * Bytes as text without a byte order mark. `source` names them in the `Problem` (input) that is thrown when they are no
 * UTF-8 text.
 */
export function plainText(bytes: Uint8Array, source: string): string {
  if (bytes.includes(0)) throw notText(source, "binary data");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notText(source, "not UTF-8");
  }
}

function notText(source: string, why: string): Problem {
  return new Problem(
    "input",
    "not_text",
    `${source}: ${why}, only UTF-8 text can be sent`,
    "images go with --image; convert other text with iconv",
  );
}
