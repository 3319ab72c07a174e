import { send, write } from "../exchange.ts";
import { wholeAnswer } from "../stream.ts";
import type { Fault } from "./fault.ts";

/** Compressed answers, which nobody asked for. */
export const PACKED_FAULTS = {
  gzip: packed("a good answer packed with gzip, unasked", "gzip", async (body) =>
    (await zlib()).gzipSync(body),
  ),
  brotli: packed("a good answer packed with Brotli, unasked", "br", async (body) =>
    (await zlib()).brotliCompressSync(body),
  ),
  "gzip-twice": packed("a good answer packed with gzip twice", "gzip, gzip", async (body) => {
    const { gzipSync } = await zlib();
    return gzipSync(gzipSync(body));
  }),
  "gzip-cut": packed("the first half of a good answer packed with gzip", "gzip", async (body) => {
    const whole = (await zlib()).gzipSync(body);
    return whole.subarray(0, whole.length / 2);
  }),
  "gzip-label": packed(
    "a good answer that says it is packed with gzip and is not",
    "gzip",
    async (body) => body,
  ),
  "gzip-bomb": {
    meaning: "a small compressed body that unpacks to some megabytes",
    prepare: (params) => {
      const megabytes = params.count("mb", 200);
      return async (exchange) => {
        // One compressed megabyte of zeros, repeated, since gzip files may stand one after the other.
        const member = (await zlib()).gzipSync(Buffer.alloc(1_000_000));
        const { response, gone } = exchange;
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        for (let sent = 0; sent < megabytes && !gone.aborted; sent++) await write(exchange, member);
        response.end();
      };
    },
  },
} satisfies Readonly<Record<string, Fault>>;

function packed(meaning: string, coding: string, pack: (body: Buffer) => Promise<Buffer>): Fault {
  return {
    meaning,
    prepare: () => async (exchange) => {
      const { type, body } = await wholeAnswer(exchange);
      const headers = { "content-type": type, "content-encoding": coding };
      send(exchange, 200, await pack(Buffer.from(body)), headers);
    },
  };
}

/** Loaded only here, so that listing the faults for the help costs nothing. */
function zlib() {
  return import("node:zlib");
}
