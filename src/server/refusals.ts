import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { BadRequest, FrontDoor } from "../dialects/dialect.ts";
import { doorAt } from "../dialects/doors.ts";
import { responseHeaders } from "./headers.ts";

/** Says why a request is sent back. */
export function bad(status: number, code: string, message: string): BadRequest {
  return { ok: false, status, code, message };
}

/** A bug of ours, of which a client learns no more. */
export const BUG = bad(500, "internal_error", "a bug in nexus; its log says more");

/** What the framework refuses by itself; undefined when it is a bug. Its own words are not passed on: some repeat the request. */
export function refusalOf(error: unknown): BadRequest | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  const { statusCode } = error;
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode > 499) return undefined;
  return bad(statusCode, "bad_request", "this is no request that can be read");
}

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
export function contentTypeRefusal({ headers }: FastifyRequest): BadRequest | undefined {
  const [given = "", ...params] = (headers["content-type"] ?? "").toLowerCase().split(";");
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

function answerOf(refused: BadRequest, requestId: string, door: FrontDoor) {
  const { status, headers, body } = door.failure.encodeBad(refused, requestId);
  const all = {
    ...headers,
    "content-length": String(Buffer.byteLength(body)),
    ...responseHeaders({ requestId, chainLog: [] }),
    ...OF_STATUS[status],
  };
  return { status, headers: all, body };
}

/** Codes of the requests that are being sent back. */
const CODES = new WeakMap<ServerResponse, string>();

/** Our code for why this request was sent back by the framework, if it was. */
export function refusedAs(response: ServerResponse): string | undefined {
  return CODES.get(response);
}

/** Sends a request back. */
export function sendBad(reply: FastifyReply, request: FastifyRequest, refused: BadRequest): FastifyReply {
  const door = doorAt(request.url, request.headers);
  const { status, headers, body } = answerOf(refused, request.id, door);
  CODES.set(reply.raw, refused.code);
  return reply.code(status).headers(headers).send(body);
}

/** The same without the framework, in the words of the door that was asked. */
export function writeBad(
  response: ServerResponse,
  requestId: string,
  refused: BadRequest,
  door: FrontDoor,
): void {
  const { status, headers, body } = answerOf(refused, requestId, door);
  response.writeHead(status, headers);
  response.end(body);
}

/** The same where not even a request was understood: the connection ends with it. */
export function endBad(socket: Duplex, requestId: string, refused: BadRequest): void {
  const { status, headers, body } = answerOf(refused, requestId, doorAt("/", {}));
  const lines = Object.entries({ ...headers, connection: "close" }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`, () =>
    socket.destroy(),
  );
}
