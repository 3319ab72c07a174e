import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** One request to a model, from its admission until its answer has left or its client is gone. */
export interface Passage {
  /** Aborts when nobody is there any more to be answered, or the server goes. */
  readonly left: AbortSignal;
  /** Calls when its answer has left, or cannot leave any more; at once when that is so. `whole`: the client got all it was to get. */
  whenOver(then: (whole: boolean) => void): void;
  /** Its turn at a backend is waited for, or has come. */
  waits(waiting: boolean): void;
  /** Its answer ends before it is complete because we end it: the client did not go away. */
  breakOff(): void;
}

/** The requests to models that a server has under way. */
export interface UnderWay {
  readonly size: number;
  begin(response: ServerResponse): Passage;
  /** From now on nothing waits for its turn: what does is left, with an answer that says so. */
  stopWaiting(): void;
  /** Leaves all of them. */
  leaveAll(): void;
  /** Whether an answer has begun to leave through this socket. */
  isAnswering(socket: Duplex): boolean;
}

/** One of the requests under way. */
interface One {
  readonly response: ServerResponse;
  readonly leave: () => void;
  waiting: boolean;
  /** Its place among all. */
  at: number;
}

/** None yet. */
export function createUnderWay(): UnderWay {
  // No Map: a table it has outgrown leads to the next one, so that, once such a table is old, collections of young objects keep
  // alive everything that was ever in one.
  const all: One[] = [];
  const remove = (one: One) => {
    const last = all.pop();
    if (last === undefined || last === one) return;
    last.at = one.at;
    all[one.at] = last;
  };
  /** By connection, which is answered one request after the other: to make one takes longer than much else here. */
  const controllers = new WeakMap<Socket, AbortController>();
  const controllerOf = (socket: Socket | null): AbortController => {
    const known = socket === null ? undefined : controllers.get(socket);
    if (known?.signal.aborted === false) return known;
    const made = new AbortController();
    // For the same reason: the signal's own Map then never changes.
    made.signal.addEventListener("abort", () => {}, { once: true });
    if (socket !== null) controllers.set(socket, made);
    return made;
  };
  let waitingEnded = false;
  return {
    get size() {
      return all.length;
    },
    begin(response) {
      const { socket } = response;
      const left = controllerOf(socket);
      let brokenOff = false;
      let cutOff = false;
      let over = false;
      let hears = (_whole: boolean) => {};
      const isWhole = () => brokenOff || (response.writableFinished && !cutOff);
      const leave = () => {
        brokenOff = true;
        left.abort();
      };
      const one: One = { response, leave, waiting: false, at: all.length };
      all.push(one);
      // Node says so, too, of what was still to be written when its connection was lost.
      response.on("finish", () => {
        cutOff = socket?.destroyed ?? false;
      });
      response.on("close", () => {
        remove(one);
        // Making the reason of an abort takes longer than much else here.
        if (!response.writableFinished) left.abort();
        over = true;
        hears(isWhole());
      });
      return {
        left: left.signal,
        whenOver(then) {
          if (over) then(isWhole());
          else hears = then;
        },
        waits(waiting) {
          one.waiting = waiting;
          if (waiting && waitingEnded) leave();
        },
        breakOff() {
          brokenOff = true;
        },
      };
    },
    stopWaiting() {
      waitingEnded = true;
      for (const { leave, waiting } of [...all]) if (waiting) leave();
    },
    leaveAll() {
      for (const { leave } of [...all]) leave();
    },
    isAnswering: (socket) => all.some(({ response }) => response.socket === socket && response.headersSent),
  };
}
