import { type IncomingHttpHeaders, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { BadRequest, FrontDoor, WireAnswer } from "../dialects/dialect.ts";
import { doorAt } from "../dialects/doors.ts";
import { type Exchange, writeAnswer, writePage } from "./exchange.ts";

/** Says why a request is sent back. */
export function bad(status: number, code: string, message: string): BadRequest {
  return { ok: false, status, code, message };
}

/** A bug of ours, of which a client learns no more. */
export const BUG = bad(500, "internal_error", "a bug in nexus; its log says more");

/** What Node says of bytes that are no HTTP request, or that do not come in time. */
export function refusalOfBytes(error: Error): BadRequest {
  const code = "code" in error ? error.code : undefined;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return bad(408, "request_timeout", "the request did not come in time");
  }
  if (code === "HPE_HEADER_OVERFLOW")
    return bad(431, "headers_too_large", "the headers are larger than 16 KiB");
  return bad(400, "invalid_http", "this is no HTTP request");
}

/** A page may only send what needs a preflight; everybody else may send JSON under any name, in UTF-8. */
export function contentTypeRefusal(headers: IncomingHttpHeaders): BadRequest | undefined {
  const said = headers["content-type"];
  // What nearly everybody says.
  if (said === "application/json") return undefined;
  const [given = "", ...params] = (said ?? "").toLowerCase().split(";");
  const charset = params.map((one) => /^\s*charset\s*=\s*"?([^"\s]*)/.exec(one)?.[1]).find(Boolean);
  if (charset !== undefined && !["utf-8", "utf8", "us-ascii"].includes(charset)) {
    return bad(415, "unsupported_charset", "send the body as UTF-8");
  }
  if (headers.origin === undefined && headers["sec-fetch-site"] === undefined) return undefined;
  const type = given.trim();
  return type === "application/json" || type.endsWith("+json")
    ? undefined
    : bad(415, "unsupported_content_type", "pages have to send application/json");
}

/** Headers that belong to a status. */
const OF_STATUS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { "www-authenticate": "Bearer" },
  413: { connection: "close" },
  429: { "retry-after": "60" },
  431: { connection: "close" },
  503: { connection: "close", "retry-after": "1" },
};

/** Sends a request back, in the words of the door that was asked. */
export function sendBack(exchange: Exchange, refused: BadRequest): void {
  exchange.fate = { refused: refused.code };
  writePage(exchange, answerOf(refused, exchange.id, exchange.door));
}

/** Ends a request that a bug of ours broke. */
export function sendBug(exchange: Exchange, bug: unknown): void {
  exchange.fate = { bug };
  if (exchange.response.headersSent) exchange.response.destroy();
  else writePage(exchange, answerOf(BUG, exchange.id, exchange.door));
}

/** Writes why a request to a model has no answer. */
export function writeBad(exchange: Exchange, refused: BadRequest): void {
  const { status, headers, body } = answerOf(refused, exchange.id, exchange.door);
  writeAnswer(exchange, status, Object.entries(headers).flat(), body);
}

/** The same where not even a request was understood: the connection ends with it. */
export function endBad(socket: Duplex, requestId: string, refused: BadRequest): void {
  const { status, headers, body } = answerOf(refused, requestId, doorAt("/", {}));
  const length = String(Buffer.byteLength(body));
  const lines = Object.entries({ ...headers, "content-length": length, connection: "close" }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`, () =>
    socket.destroy(),
  );
}

/** Its headers are without its length. */
function answerOf(refused: BadRequest, requestId: string, door: FrontDoor): WireAnswer {
  const { status, headers, body } = door.failure.encodeBad(refused, requestId);
  return { status, headers: { ...headers, "x-nexus-request-id": requestId, ...OF_STATUS[status] }, body };
}
