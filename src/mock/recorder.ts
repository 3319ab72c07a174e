import type { IncomingHttpHeaders } from "node:http";

/** A request a scripted backend received. */
export interface RecordedRequest {
  /** Milliseconds, by the server's clock, when its body had arrived. */
  readonly atMs: number;
  readonly method: string;
  /** With the query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
  /** The body as JSON; undefined when it is none. */
  readonly body: unknown;
  readonly kind: "chat" | "embeddings" | "models" | "health" | "other";
  /** For a chat or embeddings: what it got, as scripted (`ok`, `503`, `cut-stream`); else a word for the answer. */
  readonly step: string;
  /** Status that was sent, undefined while none was. */
  readonly status: number | undefined;
  /** Whether the client went away before its answer was complete. */
  readonly aborted: boolean;
  /** Milliseconds, by the server's clock, when the answer was complete or the connection gone; undefined before. */
  readonly endedAtMs: number | undefined;
}

/** Waits for things a server records, each told once, in order. */
interface Turnstile<T> {
  push(item: T): void;
  /** The first item not yet handed out, now or as soon as there is one. */
  next(): Promise<T>;
}

function turnstile<T>(): Turnstile<T> {
  const ready: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    push(item) {
      const waiter = waiting.shift();
      if (waiter) waiter(item);
      else ready.push(item);
    },
    next() {
      const item = ready.shift();
      return item === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(item);
    },
  };
}

/** A request as the server fills it in while it goes on. */
export type OpenRecord = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] };

/** Everything a server has seen, and ways to wait for more. */
export interface Recorder {
  readonly requests: readonly RecordedRequest[];
  received(request: OpenRecord): void;
  ended(request: OpenRecord, how: { aborted: boolean; atMs: number }): void;
  nextChat(): Promise<RecordedRequest>;
  nextAborted(): Promise<RecordedRequest>;
  nextEnded(): Promise<RecordedRequest>;
}

/** An empty recorder. */
export function createRecorder(): Recorder {
  const requests: RecordedRequest[] = [];
  const chats = turnstile<RecordedRequest>();
  const aborted = turnstile<RecordedRequest>();
  const ended = turnstile<RecordedRequest>();
  return {
    requests,
    received(request) {
      requests.push(request);
      if (request.kind === "chat") chats.push(request);
    },
    ended(request, how) {
      request.aborted = how.aborted;
      request.endedAtMs = how.atMs;
      if (request.kind !== "chat") return;
      ended.push(request);
      if (how.aborted) aborted.push(request);
    },
    nextChat: chats.next,
    nextAborted: aborted.next,
    nextEnded: ended.next,
  };
}
