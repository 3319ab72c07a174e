import { isObject } from "../core/json.ts";
import { oneLine } from "../core/text.ts";
import { readNumber } from "./number.ts";

/** What an error says, whatever its shape. */
export interface Told {
  /** For people, on one line; empty when nothing legible was said. */
  readonly message: string;
  /** Codes, types and status words as they came, the most telling first. */
  readonly words: readonly string[];
  /** A status the body itself names. */
  readonly status?: number;
  /** A wait the body itself names, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** Longest message kept: all of it, so that a secret in it can be taken out whole before it is cut. */
const MAX_MESSAGE = 65_536;

/** Reads the body of an error answer: JSON of any known shape, HTML, or text. */
export function readErrorText(body: string): Told {
  const text = body.replace(/^\uFEFF/, "").trim();
  if (/^[[{"]/.test(text)) {
    try {
      return readError(JSON.parse(text));
    } catch {
      // Cut off at the size limit, or never JSON: the text says it as well.
    }
  }
  return { message: text.startsWith("<") ? htmlTitle(text) : oneLine(text, MAX_MESSAGE), words: [] };
}

/**
 * Reads an error that was parsed already: `{"error": {…}}` of OpenAI, llama.cpp, vLLM and Anthropic, `{"error": "text"}` of
 * Ollama, `{"detail": …}` of FastAPI, `{"message": …}` of older vLLM and gateways, `[{"error": …}]` of Google.
 */
export function readError(body: unknown): Told {
  if (Array.isArray(body)) return readError(body[0]);
  if (typeof body === "string") return { message: oneLine(body, MAX_MESSAGE), words: [] };
  if (!isObject(body)) return { message: "", words: [] };
  const inner = body["error"] ?? body["detail"] ?? body;
  if (typeof inner === "string") return { message: oneLine(inner, MAX_MESSAGE), words: wordsOf(body) };
  if (Array.isArray(inner)) return { message: oneLine(validationText(inner), MAX_MESSAGE), words: [] };
  if (!isObject(inner)) return { message: oneLine(text(body["message"]), MAX_MESSAGE), words: wordsOf(body) };
  const status = statusOf(inner);
  const retryAfterMs = retryDelay(inner["details"]);
  return {
    message: oneLine(text(inner["message"]) || text(body["message"]) || text(inner["error"]), MAX_MESSAGE),
    words: wordsOf(inner),
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** An HTML page says at most its title. */
function htmlTitle(html: string): string {
  return oneLine(/<title[^>]*>([^<]*)/i.exec(html)?.[1] ?? "", MAX_MESSAGE);
}

/** FastAPI's list of validation errors: https://fastapi.tiangolo.com/tutorial/handling-errors/ */
function validationText(errors: readonly unknown[]): string {
  return errors.map((error) => (isObject(error) ? text(error["msg"]) : text(error))).join("; ");
}

type Fields = Readonly<Record<string, unknown>>;

function wordsOf(error: Fields): string[] {
  const inner = isObject(error["innererror"]) ? error["innererror"] : {};
  return [
    error["code"],
    inner["code"],
    error["type"],
    error["status"],
    ...reasonsOf(error["details"]),
  ].filter((word): word is string => typeof word === "string" && word !== "" && !/^\d+$/.test(word));
}

function statusOf(error: Fields): number | undefined {
  return [error["code"], error["status"], error["status_code"]]
    .map(readNumber)
    .find((number) => number !== undefined && Number.isInteger(number) && number >= 400 && number < 600);
}

/** Google's ErrorInfo and RetryInfo: https://cloud.google.com/apis/design/errors#error_details */
function reasonsOf(details: unknown): unknown[] {
  return Array.isArray(details)
    ? details.flatMap((detail) => (isObject(detail) ? [detail["reason"]] : []))
    : [];
}

function retryDelay(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const delays = details.flatMap((detail) => (isObject(detail) ? [parseSeconds(detail["retryDelay"])] : []));
  return delays.find((delay) => delay !== undefined);
}

/** `17s` or `36037.5s`, as protobuf writes a duration. */
function parseSeconds(value: unknown): number | undefined {
  const seconds = Number(/^(\d+(?:\.\d+)?)s$/.exec(text(value))?.[1]);
  return seconds > 0 ? Math.ceil(seconds * 1000) : undefined;
}
