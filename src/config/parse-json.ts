import { readFile } from "node:fs/promises";
import type { ParseError } from "jsonc-parser";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";
import { readFailed } from "../files/file-problem.ts";

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The JSON object in a text. Anything else is refused with a `Problem` (kind `config`) that names the file, and for bad
 * JSON the line and column (from 1) of the first mistake. A byte order mark is accepted.
 */
export async function parseObject(text: string, file: string): Promise<JsonObject> {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  let value: Json;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Problem("config", "json_invalid", await mistake(json, file, error), HINT);
  }
  if (isJsonObject(value)) return value;
  throw new Problem("config", "json_not_an_object", `${file}:1:1: has to hold a JSON object`, HINT);
}

const HINT = "nothing was changed; mend the file by hand";

/** The JSON object in a file, undefined when there is no such file. */
export async function readObject(file: string): Promise<JsonObject | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : parseObject(text, file);
}

/** A file's text, undefined when there is no such file; a `Problem` when it cannot be read or is not UTF-8. */
export async function readText(file: string): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return readFailed(file, error);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem("config", "file_not_text", `${file}: is not UTF-8 text`, HINT);
  }
}

/** Node's own messages give no position in some versions; jsonc-parser always does. */
async function mistake(json: string, file: string, error: unknown): Promise<string> {
  if (json.trim() === "") return `${file}:1:1: is empty, not JSON`;
  const { parseTree, printParseErrorCode } = await import("jsonc-parser");
  const found: ParseError[] = [];
  parseTree(json, found, { disallowComments: true, allowTrailingComma: false });
  const [first] = found;
  if (first === undefined) return `${file}: is not valid JSON: ${String(error)}`;
  const before = json.slice(0, first.offset).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return `${file}:${before.length}:${column}: is not valid JSON: ${words(printParseErrorCode(first.error))}`;
}

/** `CloseBraceExpected` → `close brace expected`. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
