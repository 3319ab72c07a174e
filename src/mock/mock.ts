import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { DialectName } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import { REAL_CLOCK } from "../time/real-clock.ts";
import type { Answer } from "./answer.ts";
import type { MockModel } from "./dialects/dialect.ts";
import { MOCK_DIALECTS } from "./dialects/index.ts";
import { createRecorder, type RecordedRequest } from "./recorder.ts";
import { createService } from "./service.ts";
import { type Step, sequenceOf } from "./step.ts";

/** What a scripted backend listens on, knows and does. */
export interface MockOptions {
  /** Default `openai-chat`. */
  readonly dialect?: DialectName;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /**
   * What the model list says; ids or whole entries. When given, any other model is answered 404. Default: one model,
   * `mock-model`, and every name is answered.
   */
  readonly models?: readonly (string | MockModel)[];
  /** What is said where a step does not say something else; a text, or a whole answer. */
  readonly answer?: string | Answer;
  /** Milliseconds before the first byte of any answer. Default 0. */
  readonly latencyMs?: number;
  /** Milliseconds between streamed pieces. Default 0. */
  readonly chunkDelayMs?: number;
  /** When given, requests without it are answered 401 and spend no step. */
  readonly apiKey?: string;
  /** What each successive chat request gets; the last one repeats. Default: `ok`. */
  readonly steps?: readonly Step[];
  /** The same for requests of the model list. */
  readonly modelsSteps?: readonly Step[];
  /** Further GET paths and what they are answered with: a text as it stands, anything else as JSON. */
  readonly pages?: Readonly<Record<string, unknown>>;
  /** Default: real time. */
  readonly clock?: Clock;
  /** Called when an answer is complete or its connection gone. */
  readonly onEnd?: (request: RecordedRequest) => void;
}

/** A running scripted backend. */
export interface Mock {
  /** `http://127.0.0.1:1234`, without a path. */
  readonly url: string;
  readonly port: number;
  /** Every request, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** The chat requests among them. */
  readonly chats: readonly RecordedRequest[];
  /** Connections made so far. */
  readonly connections: number;
  /** The next chat request that no call has returned yet, now or when it comes. */
  nextRequest(): Promise<RecordedRequest>;
  /** The same for chat requests whose client went away before the answer was complete. */
  aborted(): Promise<RecordedRequest>;
  /** The same for chat requests that are over, however they ended. */
  ended(): Promise<RecordedRequest>;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

/** Starts a scripted backend. Rejects with the system's error when it cannot listen. */
export async function startMock(options: MockOptions = {}): Promise<Mock> {
  const recorder = createRecorder();
  const closing = new AbortController();
  // One for each request under way.
  setMaxListeners(0, closing.signal);
  const answer = typeof options.answer === "string" ? { text: options.answer } : (options.answer ?? {});
  const steps = sequenceOf(options.steps ?? [], answer);
  const serve = createService({
    dialect: MOCK_DIALECTS[options.dialect ?? "openai-chat"],
    models: (options.models ?? ["mock-model"]).map((model) =>
      typeof model === "string" ? { id: model } : model,
    ),
    anyModel: options.models === undefined,
    pace: { latencyMs: options.latencyMs ?? 0, chunkDelayMs: options.chunkDelayMs ?? 0 },
    apiKey: options.apiKey,
    steps,
    modelsSteps: sequenceOf(options.modelsSteps ?? [], answer),
    pages: options.pages ?? {},
    clock: options.clock ?? REAL_CLOCK,
    recorder,
    closing: closing.signal,
    onEnd: options.onEnd ?? (() => {}),
  });
  const listen = (request: IncomingMessage, response: ServerResponse) => void serve(request, response);
  const server = createServer({ requestTimeout: 0, headersTimeout: 0 }, listen);
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections++;
    if (steps.peek().onConnection) steps.take().onConnection?.(socket);
  });
  const host = options.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = addressOf(server.address());
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    requests: recorder.requests,
    get chats() {
      return recorder.requests.filter(({ kind }) => kind === "chat");
    },
    get connections() {
      return connections;
    },
    nextRequest: recorder.nextChat,
    aborted: recorder.nextAborted,
    ended: recorder.nextEnded,
    close() {
      closing.abort();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return address;
}
