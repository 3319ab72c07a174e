import type { Soon } from "../core/soon.ts";
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
interface Body {
  readonly ok: true;
  readonly bytes: Buffer;
}

/** Reads the body of a request. */
export type ReadBody = (exchange: Exchange) => Soon<Body | BadRequest>;

const TOO_LARGE = bad(413, "request_too_large", "the body is too large");
const TOO_MANY = bad(503, "overloaded", "the requests under way are too large together");
const INCOMPLETE = bad(400, "incomplete_body", "the body broke off");

/** Makes the reader of bodies. What a request announces counts before any of it is read. */
export function createBodies(limits: BodyLimits): ReadBody {
  let heldByAll = 0;
  return ({ request, response }) => {
    const { headers } = request;
    const announced = Number(headers["content-length"] ?? 0);
    if (announced > limits.maxBodyBytes) return TOO_LARGE;
    let held = 0;
    const hold = (bytes: number): boolean => {
      held += bytes;
      heldByAll += bytes;
      return heldByAll <= limits.maxHeldBytes;
    };
    response.on("close", () => {
      heldByAll -= held;
    });
    if (!hold(announced)) return TOO_MANY;
    if (headers.expect !== undefined) response.writeContinue();
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const take = (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > limits.maxBodyBytes) refuse(TOO_LARGE);
        else if (size > held && !hold(size - held)) refuse(TOO_MANY);
      };
      const refuse = (why: BadRequest) => {
        request.off("data", take).pause();
        resolve(why);
      };
      request.on("data", take);
      request.on("end", () => {
        const [first] = chunks;
        resolve({ ok: true, bytes: first?.length === size ? first : Buffer.concat(chunks, size) });
      });
      // Comes behind every end, too.
      request.on("close", () => resolve(INCOMPLETE));
    });
  };
}
