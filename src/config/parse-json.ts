import type { ParseError } from "jsonc-parser";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";
import { readOwnFile } from "../files/read.ts";
import { shapeFault } from "./json-shape.ts";

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The JSON object in a text. Anything else is refused with a `Problem` (kind `config`) that names the file, and for bad
 * JSON the line and column (from 1) of the first mistake. A name that stands twice in one object is one: the next write
 * would lose what stands under it. A byte order mark is accepted.
 */
export async function parseObject(text: string, file: string): Promise<JsonObject> {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const fault = shapeFault(json);
  if (fault !== undefined) throw invalid(at(json, file, fault), fault.what);
  let value: Json;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw await mistake(json, file, error);
  }
  if (isJsonObject(value)) return value;
  throw invalid(`${file}:1:1`, "has to hold a JSON object");
}

function invalid(place: string, what: string): Problem {
  return new Problem("config", "json_invalid", `${place}: ${what}`, HINT);
}

const HINT = "nothing was changed; mend the file by hand";

/** The JSON object in a file, undefined when there is no such file. */
export async function readObject(file: string): Promise<JsonObject | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : parseObject(text, file);
}

/** A file's text, undefined when there is no such file; a `Problem` when it cannot be read or is not UTF-8. */
export async function readText(file: string): Promise<string | undefined> {
  const bytes = await readOwnFile(file);
  return bytes === undefined ? undefined : decodeText(bytes, file);
}

/** The text in a file's bytes. Throws a `Problem` that names the file when they are not UTF-8. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem("config", "file_not_text", `${file}: is not UTF-8 text`, HINT);
  }
}

/** Node's own messages give no position in some versions; jsonc-parser always does. */
async function mistake(json: string, file: string, error: unknown): Promise<Problem> {
  if (json.trim() === "") return invalid(`${file}:1:1`, "is empty, not JSON");
  const { visit, printParseErrorCode } = await import("jsonc-parser");
  const found: ParseError[] = [];
  const stopAtFirst = (code: number, offset: number, length: number) => {
    found.push({ error: code, offset, length });
    throw error;
  };
  try {
    visit(json, { onError: stopAtFirst }, { disallowComments: true, allowTrailingComma: false });
  } catch (thrown) {
    if (thrown !== error) throw thrown;
  }
  const [first] = found;
  if (first === undefined) return invalid(file, `is not valid JSON: ${String(error)}`);
  return invalid(at(json, file, first), `is not valid JSON: ${words(printParseErrorCode(first.error))}`);
}

/** `file:line:column` of a place in its text, both from 1. */
function at(json: string, file: string, { offset }: { offset: number }): string {
  const before = json.slice(0, offset).split("\n");
  return `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

/** `CloseBraceExpected` → `close brace expected`. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
