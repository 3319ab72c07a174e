import type { Socket } from "node:net";
import type { Act } from "../exchange.ts";
import type { FaultParams } from "../params.ts";

/** One way for a backend to misbehave. */
export interface Fault {
  /** One line for the help. */
  readonly meaning: string;
  /** What it does to a connection that was just made; the scripted step is spent on it. */
  readonly onConnection?: (socket: Socket) => void;
  /** True: it strikes as soon as the request's headers are there, and its body is not read. */
  readonly beforeBody?: boolean;
  /** Reads its parameters and returns what it does to a request. */
  prepare(params: FaultParams): Act;
}
