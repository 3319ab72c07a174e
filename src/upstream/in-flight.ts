import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { isObject } from "../core/json.ts";

/** What is known of one request's way to its socket. */
export interface Flight {
  /** A connection that was opened for this request and is not established yet. */
  connecting: Socket | undefined;
  /** That connection, or the last one, went to a proxy, and the backend beyond it has not been reached. */
  toProxy: boolean;
  /** What undici calls the request. */
  request: object | undefined;
  /** The established connection on which the request went out. */
  socket: Socket | undefined;
  /** Whether that had carried a request before, and what had come on it by then. */
  reused: boolean;
  bytesBefore: number;
}

/** Follows requests through undici's diagnostics: which socket carries which request it tells nowhere else. */
export interface FlightRecorder {
  /** Runs `dispatch`, which must hand exactly one request to undici before it returns. */
  follow(flight: Flight, dispatch: () => void): void;
  /** undici is about to write the request of this flight, and to say where, before it does anything else. */
  goesOut(flight: Flight): void;
  /** The flight that is being dispatched right now. */
  current(): Flight | undefined;
  close(): void;
}

const CREATE = "undici:request:create";
const SEND = "undici:client:sendHeaders";

/** Starts listening to undici. */
export function createFlightRecorder(): FlightRecorder {
  const used = new WeakSet<object>();
  let dispatching: Flight | undefined;
  let goingOut: Flight | undefined;

  function onCreate(message: unknown): void {
    if (dispatching === undefined || !isObject(message) || !isObject(message["request"])) return;
    // What asks a proxy for a tunnel is no request to the backend: the way there is still to be made.
    if (message["request"]["method"] !== "CONNECT") dispatching.request = message["request"];
  }

  function onSend(message: unknown): void {
    const flight = goingOut;
    if (flight === undefined || !isObject(message) || message["request"] !== flight.request) return;
    goingOut = undefined;
    const { socket } = message;
    if (!isSocket(socket)) return;
    flight.socket = socket;
    flight.reused = used.has(socket);
    flight.bytesBefore = socket.bytesRead;
    if (!flight.reused) used.add(socket);
    flight.connecting = undefined;
    flight.toProxy = false;
  }

  subscribe(CREATE, onCreate);
  subscribe(SEND, onSend);
  return {
    follow(flight, dispatch) {
      dispatching = flight;
      try {
        dispatch();
      } finally {
        dispatching = undefined;
      }
    },
    goesOut(flight) {
      goingOut = flight;
    },
    current: () => dispatching,
    close() {
      unsubscribe(CREATE, onCreate);
      unsubscribe(SEND, onSend);
    },
  };
}

/** A request that has not been dispatched. */
export function createFlight(): Flight {
  return {
    connecting: undefined,
    toProxy: false,
    request: undefined,
    socket: undefined,
    reused: false,
    bytesBefore: 0,
  };
}

/** Whether the connection of a request had carried another before, and closed without a byte of answer to this one. */
export function closedOnReuse({ reused, socket, bytesBefore }: Flight): boolean {
  return reused && socket?.bytesRead === bytesBefore;
}

function isSocket(value: unknown): value is Socket {
  return isObject(value) && typeof value["bytesRead"] === "number";
}
