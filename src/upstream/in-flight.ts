import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { isObject } from "../core/json.ts";

/** What is known of one request's way to its socket. */
export interface Flight {
  /** A connection that was opened for this request and is not established yet. */
  connecting?: Socket;
  /** That connection, or the last one, went to a proxy, and the backend beyond it has not been reached. */
  toProxy?: boolean;
  /** Whether that connection had carried a request before and closed without a byte of answer to this one. */
  closedOnReuse(): boolean;
}

/** Follows requests through undici's diagnostics: which socket carries which request it tells nowhere else. */
export interface FlightRecorder {
  /**
   * Runs `dispatch`, which must hand exactly one request to undici before it returns, and follows that request. `onSent` is
   * called when it goes out on an established connection: at once, where there is one already.
   */
  follow<T>(dispatch: () => T, onSent: () => void): { readonly result: T; readonly flight: Flight };
  /** The flight that is being dispatched right now. */
  current(): Flight | undefined;
  close(): void;
}

const CREATE = "undici:request:create";
const SEND = "undici:client:sendHeaders";

interface Followed extends Flight {
  readonly onSent: () => void;
  socket?: Socket;
  reused: boolean;
  bytesBefore: number;
}

/** Starts listening to undici. */
export function createFlightRecorder(): FlightRecorder {
  const flights = new WeakMap<object, Followed>();
  const used = new WeakSet<object>();
  let dispatching: Followed | undefined;

  function onCreate(message: unknown): void {
    const request = isObject(message) ? message["request"] : undefined;
    if (dispatching === undefined || !isObject(request)) return;
    // What asks a proxy for a tunnel is no request to the backend: the way there is still to be made.
    if (request["method"] !== "CONNECT") flights.set(request, dispatching);
  }

  function onSend(message: unknown): void {
    if (!isObject(message) || !isObject(message["request"])) return;
    const flight = flights.get(message["request"]);
    const socket = message["socket"];
    if (flight === undefined || !isSocket(socket)) return;
    flight.socket = socket;
    flight.reused = used.has(socket);
    flight.bytesBefore = socket.bytesRead;
    used.add(socket);
    delete flight.connecting;
    delete flight.toProxy;
    flight.onSent();
  }

  subscribe(CREATE, onCreate);
  subscribe(SEND, onSend);
  return {
    follow(dispatch, onSent) {
      const flight = createFlight(onSent);
      dispatching = flight;
      try {
        return { result: dispatch(), flight };
      } finally {
        dispatching = undefined;
      }
    },
    current: () => dispatching,
    close() {
      unsubscribe(CREATE, onCreate);
      unsubscribe(SEND, onSend);
    },
  };
}

function createFlight(onSent: () => void): Followed {
  return {
    onSent,
    reused: false,
    bytesBefore: 0,
    closedOnReuse() {
      return this.reused && this.socket?.bytesRead === this.bytesBefore;
    },
  };
}

function isSocket(value: unknown): value is Socket {
  return isObject(value) && typeof value["bytesRead"] === "number";
}
