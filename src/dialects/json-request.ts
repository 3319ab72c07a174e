import { printParseErrorCode, visit } from "jsonc-parser";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import type { BadRequest } from "./dialect.ts";
import { duplicateIn, MAX_DEPTH, MAX_TOKENS, type Member, scanBody } from "./json-body.ts";

/** Longest name of the caller's that is repeated, in characters. */
const MAX_PATH = 100;

/** Longest text in which a mistake is looked for, in characters: a larger one would hold everybody up. */
const MAX_SEARCHED = 1_048_576;

/** The body of a request: its text as the caller wrote it, where its members stand, and their values. */
export interface JsonRequest {
  readonly ok: true;
  readonly text: string;
  readonly members: readonly Member[];
  readonly body: JsonObject;
}

/**
 * Reads the body of a request that has to be one JSON object in UTF-8; a byte order mark is accepted. Whatever is wrong with it
 * is told with its place, and nothing of the body is repeated.
 */
export function readJsonRequest(bytes: Uint8Array): JsonRequest | BadRequest {
  if (isUtf16(bytes[0], bytes[1])) {
    return bad("the body is UTF-16; send it as UTF-8", "unsupported_charset", { status: 415 });
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) return bad("the body is not valid UTF-8", "invalid_utf8");
  const { members, excess } = scanBody(text);
  if (excess === "depth") return bad(`the body is nested more than ${MAX_DEPTH} deep`, "too_deep");
  if (excess === "size")
    return bad(`the body has more than ${MAX_TOKENS} brackets, commas and colons`, "too_complex");
  const body = parseJson(text);
  if (body === undefined) {
    const isEmpty = text.trim() === "";
    return bad(isEmpty ? "the body is empty; a JSON object is expected" : mistakeIn(text), "invalid_json");
  }
  if (!isJsonObject(body)) return bad("the body has to be a JSON object", "invalid_request");
  if (Object.keys(body).length < members.length) {
    const param = duplicateIn(members)?.slice(0, MAX_PATH) ?? "";
    return bad(`${JSON.stringify(param)} stands twice in the body`, "duplicate_key", { param });
  }
  const huge = notFinite(body)?.slice(1, MAX_PATH);
  if (huge !== undefined) return bad(`"${huge}" is too large a number`, "invalid_request", { param: huge });
  return { ok: true, text, members, body };
}

function bad(
  message: string,
  code: string,
  more: { readonly status?: number; readonly param?: string } = {},
): BadRequest {
  return { ok: false, status: 400, message, code, ...more };
}

/** With its mark, or by the zero beside the first bracket. */
function isUtf16(first: number | undefined, second: number | undefined): boolean {
  const mark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return mark || (first === 0) !== (second === 0);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Node's own messages repeat the text and have no position in some versions. */
function mistakeIn(text: string): string {
  if (text.length > MAX_SEARCHED) return "the body is not valid JSON";
  const stop = new Error("the first mistake is enough");
  let found = "";
  const onError = (code: number, offset: number): void => {
    const what = printParseErrorCode(code).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`);
    found = `: ${what.toLowerCase()} at ${placeOf(text, offset)}`;
    throw stop;
  };
  try {
    visit(text, { onError }, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (error !== stop) throw error;
  }
  return `the body is not valid JSON${found}`;
}

function placeOf(text: string, offset: number): string {
  let line = 1;
  let begin = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    begin = at + 1;
  }
  return `line ${line}, column ${offset - begin + 1}`;
}

/** The path of a number such as 1e400, which no other program would read as it was meant. */
function notFinite(value: Json): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "";
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      const inner = notFinite(value[at]);
      if (inner !== undefined) return `[${at}]${inner}`;
    }
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  for (const key of Object.keys(value)) {
    const inner = notFinite(value[key] ?? null);
    if (inner !== undefined) return `.${key}${inner}`;
  }
  return undefined;
}
