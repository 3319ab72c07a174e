import type { BadRequest } from "../dialects/dialect.ts";
import type { Exchange } from "./exchange.ts";
import { bad } from "./refusals.ts";

/** How much of what clients send is held, in bytes. */
export interface BodyLimits {
  /** Of one body. */
  readonly maxBodyBytes: number;
  /** Of all bodies together whose requests are not over. */
  readonly maxHeldBytes: number;
}

/** A body that came whole. */
export interface Body {
  readonly ok: true;
  readonly bytes: Buffer;
}

/** Reads the body of a request, and gives it, or why there is none: a callback, for a promise would be made for every request. */
export type ReadBody = (exchange: Exchange, take: (body: Body | BadRequest) => void) => void;

const TOO_LARGE = bad(413, "request_too_large", "the body is too large");
const TOO_MANY = bad(503, "overloaded", "the requests under way are too large together");
const INCOMPLETE = bad(400, "incomplete_body", "the body broke off");

/** Makes the reader of bodies. What a request announces counts before any of it is read. */
export function createBodies(limits: BodyLimits): ReadBody {
  let heldByAll = 0;
  return ({ request, response }, take) => {
    const { headers } = request;
    const announced = Number(headers["content-length"] ?? 0);
    if (announced > limits.maxBodyBytes) return take(TOO_LARGE);
    let held = 0;
    const hold = (bytes: number): boolean => {
      held += bytes;
      heldByAll += bytes;
      return heldByAll <= limits.maxHeldBytes;
    };
    response.on("close", () => {
      heldByAll -= held;
    });
    if (!hold(announced)) return take(TOO_MANY);
    if (headers.expect !== undefined) response.writeContinue();
    const chunks: Buffer[] = [];
    let size = 0;
    let taken = false;
    const give = (body: Body | BadRequest) => {
      if (taken) return;
      taken = true;
      take(body);
    };
    const hear = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limits.maxBodyBytes) refuse(TOO_LARGE);
      else if (size > held && !hold(size - held)) refuse(TOO_MANY);
    };
    const refuse = (why: BadRequest) => {
      request.off("data", hear).pause();
      give(why);
    };
    request.on("data", hear);
    request.on("end", () => {
      const [first] = chunks;
      give({ ok: true, bytes: first?.length === size ? first : Buffer.concat(chunks, size) });
    });
    // Comes behind every end, too.
    request.on("close", () => give(INCOMPLETE));
  };
}
