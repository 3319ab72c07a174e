import type { GuardOptions } from "./guard.ts";

/** How the server listens and what it lets in. */
export interface ServerOptions extends Omit<GuardOptions, "port"> {
  /** 0: any free one. */
  readonly port: number;
  readonly maxBodyBytes: number;
  /** Requests under way beyond which new ones are sent away. */
  readonly maxInFlight: number;
  /** Bytes of bodies, of all requests under way, beyond which new ones are sent away. Default 128 MiB. */
  readonly maxHeldBytes?: number;
  /** Delay of the event loop, in milliseconds, beyond which new requests are sent away; 0: none. */
  readonly maxLoopDelayMs: number;
  readonly times?: Partial<Times>;
}

/** How long the server waits for its clients, in milliseconds. */
export interface Times {
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For a whole request. */
  readonly bodyMs: number;
  /** Between two looks at whether one of these has passed. */
  readonly checkMs: number;
  /** For the next request on a connection. */
  readonly idleMs: number;
  /** For somebody who reads nothing of an answer. */
  readonly stalledMs: number;
}

/** The times of a server that is told none. */
export const TIMES: Times = {
  headersMs: 10_000,
  bodyMs: 60_000,
  checkMs: 2_000,
  idleMs: 65_000,
  stalledMs: 60_000,
};

/** With fewer under way it is not the server that keeps the machine busy, and sending people away would help nobody. */
export const FEW_REQUESTS = 8;

/** The limit of a server that is told none, in bytes. */
export const MAX_HELD_BYTES = 134_217_728;
