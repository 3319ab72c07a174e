import type { IncomingMessage, ServerResponse } from "node:http";
import type { FrontDoor, WireAnswer } from "../dialects/dialect.ts";
import type { EndedRequest } from "./ended.ts";

/** What became of a request, as far as it is known. */
export type Fate = Partial<Pick<EndedRequest, "outcome" | "refused" | "bug">>;

/** One request, and the answer to it. */
export interface Exchange {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path that was asked for, and the query behind it. */
  readonly target: string;
  /** In whose words it is answered. */
  readonly door: FrontDoor;
  /** When it came, by the clock. */
  readonly began: number;
  /** Undefined while somebody answers who tells the end himself. */
  fate: Fate | undefined;
}

/** Tells that a request is over, and whether its client got all that it was to get. */
export type Tell = (exchange: Exchange, fate: Fate, whole: boolean) => void;

/**
 * Begins an answer. Its head is a list of names and values, which Node writes faster than an object; it gets the id of the request
 * where SDKs of the door look for it.
 */
export function writeHead({ id, door, response }: Exchange, status: number, headers: string[]): void {
  if (door.requestIdHeader !== undefined) headers.push(door.requestIdHeader, id);
  response.writeHead(status, headers);
}

/** Writes a whole answer. */
export function writeAnswer(
  exchange: Exchange,
  status: number,
  headers: string[],
  body: string | Uint8Array,
): void {
  headers.push("content-length", String(typeof body === "string" ? Buffer.byteLength(body) : body.length));
  writeHead(exchange, status, headers);
  exchange.response.end(body);
}

/** Writes what is answered without a model. JSON is said to be UTF-8, for clients that take anything else for granted. */
export function writePage(exchange: Exchange, { status, headers, body }: WireAnswer): void {
  const list = Object.entries(headers).flatMap(([name, value]) =>
    name === "content-type" && value === "application/json"
      ? [name, `${value}; charset=utf-8`]
      : [name, value],
  );
  writeAnswer(exchange, status, list, body);
}
