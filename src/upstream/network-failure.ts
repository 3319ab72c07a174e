import { type Failure, malformed } from "../core/failure.ts";
import { isObject } from "../core/json.ts";

/** How far a request had come when its connection failed. */
export type Phase = "before-answer" | "in-answer";

/**
 * What an error of the system or of the HTTP client means. Only errors that a backend or the network can cause: anything
 * else is a bug of ours and is thrown again.
 */
export function networkFailure(error: unknown, phase: Phase): Failure {
  const { code, text } = read(error);
  if (isParserError(error)) return malformed(parserMessage(error, text));
  if (code === undefined || OURS.test(code)) throw error;
  if (code === "UND_ERR_CONNECT_TIMEOUT") return connectTimeout();
  if (code === "ETIMEDOUT" && phase === "before-answer") return connectTimeout();
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED")
    return { class: "aborted", message: "closed" };
  if (code === "UND_ERR_ABORTED") return proxyFailure(text);
  if (code === "UND_ERR_SOCKET") return closedFailure(text, phase);
  const protocol = PROTOCOL[code];
  if (protocol !== undefined) return malformed(protocol);
  return { class: "network", code, message: (PLAIN[code] ?? `${code}: ${text}`) + whereOf(error) };
}

/** Which address it was: with a proxy, or a name of many addresses, that is not plain from the URL. */
function whereOf(error: unknown): string {
  if (!isObject(error) || typeof error["address"] !== "string") return "";
  return ` (${error["address"]}${typeof error["port"] === "number" ? ` port ${error["port"]}` : ""})`;
}

/** The connection was not there in time. */
export function connectTimeout(): Failure {
  return { class: "timeout", limit: "connect", message: "no connection in time (connect timeout)" };
}

/** What a failure means when the connection that failed was the one to a proxy. */
export function onTheWay(failure: Failure): Failure {
  const { code = "", limit, message } = failure;
  if (limit === "connect")
    return { ...failure, message: `no connection through the proxy in time (connect timeout); ${SEE}` };
  if (failure.class !== "network" || !UNREACHABLE.has(code)) return failure;
  return { ...failure, code: `PROXY_${code}`, message: `the proxy cannot be reached: ${message}; ${SEE}` };
}

const SEE = "see HTTPS_PROXY, HTTP_PROXY and NO_PROXY";

/** Codes of connections that never stood. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Whether the other side hung up. */
export function isHangUp(error: unknown): boolean {
  const { code, text } = read(error);
  return code === "ECONNRESET" || code === "EPIPE" || (code === "UND_ERR_SOCKET" && !text.startsWith("bad "));
}

function read(error: unknown): { code: string | undefined; text: string } {
  if (!isObject(error)) return { code: undefined, text: String(error) };
  const code = typeof error["code"] === "string" ? error["code"] : undefined;
  return { code, text: typeof error["message"] === "string" ? error["message"] : "" };
}

/** Wrong arguments, wrong types: nothing a backend can cause. */
const OURS = /^(ERR_INVALID_ARG|ERR_OUT_OF_RANGE|UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED)/;

/** A CONNECT that a proxy refused, told by undici in words only. */
function proxyFailure(text: string): Failure {
  const status = /Proxy response \((\d+)\)/.exec(text)?.[1];
  if (status === undefined) return { class: "network", code: "ECONNABORTED", message: text };
  const why = status === "407" ? "it wants credentials" : `it answered ${status}`;
  return {
    class: "network",
    code: `PROXY_${status}`,
    message: `the proxy refused the connection (${why}); ${SEE}`,
  };
}

function closedFailure(text: string, phase: Phase): Failure {
  if (text.startsWith("bad ")) return malformed("not a valid HTTP answer (unasked 1xx status)");
  if (phase === "in-answer") return malformed("truncated: the connection closed within the answer");
  return { class: "network", code: "ECONNRESET", message: "the connection was closed before an answer came" };
}

/** undici's parser gives its errors a code only sometimes. */
function isParserError(error: unknown): boolean {
  return isObject(error) && error["name"] === "HTTPParserError";
}

function parserMessage(error: unknown, text: string): string {
  if (answeredInTls(error))
    return "not an HTTP answer: the port speaks TLS, so the URL has to start with https://";
  return `not a valid HTTP answer (${/\((.+)\)$/.exec(text)?.[1] ?? text})`;
}

const PROTOCOL: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_OVERFLOW: "the answer's headers are too long",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the answer's length is not what its headers say",
  // Statuses below 100 trip an assertion in undici's parser.
  ERR_ASSERTION: "an impossible HTTP status",
};

/** A TLS alert record begins with 0x15 0x03. */
function answeredInTls(error: unknown): boolean {
  const data = isObject(error) ? error["data"] : undefined;
  return typeof data === "string" && data.startsWith("\u0015\u0003");
}

const HTTP_ON_TLS = "not TLS: the port looks like plain HTTP, so the URL has to start with http://";
const SELF_SIGNED = "its certificate is signed by itself; NODE_EXTRA_CA_CERTS can name it as trusted";
const UNKNOWN_CA = "its certificate is signed by nobody known here; NODE_EXTRA_CA_CERTS can name who";

const PLAIN: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: nothing listens there",
  ETIMEDOUT: "the connection went silent",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed while the request was sent",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up",
  ERR_SSL_WRONG_VERSION_NUMBER: HTTP_ON_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: HTTP_ON_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "it speaks only versions of TLS that are no longer safe",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "it speaks only versions of TLS that are no longer safe",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet (is the clock right?)",
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: SELF_SIGNED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
};
