import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Mock } from "../../src/mock/mock.ts";

/** What a plain HTTP client sees of one answer. */
export interface Seen {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: Buffer;
  readonly text: string;
  /** `complete`: a clean end at the transport. Else the code of the error that cut it. */
  readonly end: string;
}

/** How to ask. */
export interface Ask {
  readonly stream?: boolean;
  readonly model?: string;
  readonly prompt?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps connections for the next request. */
  readonly agent?: Agent;
  /** Merged into the body. */
  readonly body?: object;
}

/** A request on its way. */
export interface Open {
  readonly seen: Promise<Seen>;
  /** Resolves once the body so far matches. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves with the headers of the answer. */
  readonly headers: Promise<IncomingMessage>;
  abort(): void;
}

/** Sends a chat request and reads the answer to its end. */
export function ask(mock: Mock, asked: Ask = {}): Promise<Seen> {
  return open(mock, asked).seen;
}

/** The same, while it goes on. */
export function open(mock: Mock, asked: Ask = {}): Open {
  const { stream = false, model = "m", prompt = "hi" } = asked;
  const body = JSON.stringify({
    model,
    stream,
    messages: [{ role: "user", content: prompt }],
    ...asked.body,
  });
  const sent = request(`${mock.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...asked.headers },
    agent: asked.agent ?? new Agent(),
  });
  const reading = read(sent);
  sent.end(body);
  return reading;
}

/** Fetches a path with GET. */
export function get(mock: Mock, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Seen> {
  const sent = request(`${mock.url}${path}`, { headers, agent: new Agent() });
  const { seen } = read(sent);
  sent.end();
  return seen;
}

function read(sent: ClientRequest): Open {
  const parts: Buffer[] = [];
  const looks = new Set<() => void>();
  const text = () => Buffer.concat(parts).toString("utf8");
  const headers = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve);
    sent.once("error", reject);
    sent.once("upgrade", (response) => reject(new Error(`upgrade ${response.statusCode}`)));
  });
  headers.catch(() => {});
  const seen = new Promise<Seen>((resolve) => {
    const finish = (response: IncomingMessage | undefined, end: string) =>
      resolve({
        status: response?.statusCode ?? 0,
        headers: response?.headers ?? {},
        bytes: Buffer.concat(parts),
        text: text(),
        end,
      });
    sent.once("error", (error) => finish(undefined, codeOf(error)));
    sent.once("upgrade", (response, socket) => {
      socket.destroy();
      finish(response, "upgrade");
    });
    sent.once("response", (response) => {
      response.on("data", (part: Buffer) => {
        parts.push(part);
        for (const look of looks) look();
      });
      response.once("end", () => finish(response, "complete"));
      response.once("error", (error) => finish(response, codeOf(error)));
    });
  });
  return {
    seen,
    headers,
    until: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          if (!pattern.test(text())) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    abort: () => sent.destroy(),
  };
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : error.message;
}
