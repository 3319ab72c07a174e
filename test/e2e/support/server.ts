import { onTestFinished } from "vitest";
import type { Mock } from "../../../src/mock/mock.ts";
import type { Running, RunOptions } from "./program.ts";
import { type RawConnection, rawConnection } from "./raw.ts";
import { type Finished, failoverWorkspace, type Workspace } from "./workspace.ts";

/** `nexus serve` that runs on a free port, and ends with its test. */
export interface RunningServer extends Running {
  readonly url: string;
  /** Asks the chat door. */
  chat(body: object, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The lines of its log so far, parsed. */
  log(): readonly Record<string, unknown>[];
}

/** Starts the server of a workspace and waits until it listens. */
export async function serve(
  space: Workspace,
  flags: readonly string[] = [],
  options: RunOptions = {},
  finished: Finished = onTestFinished,
): Promise<RunningServer> {
  const running = space.start(["serve", "--port", "0", ...flags], options);
  finished(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  await running.until("stdout", /^http:\S+\n/);
  const url = running.stdout().trim();
  return {
    ...running,
    url,
    chat: (body, headers = {}) =>
      fetch(`${url}/v1/chat/completions`, { method: "POST", body: JSON.stringify(body), headers }),
    log: () =>
      running
        .stderr()
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line): Record<string, unknown> => JSON.parse(line)),
  };
}

/** A chat request for a profile or model. */
export function asking(model: string, more: object = {}): object {
  return { model, messages: [{ role: "user", content: "Hello?" }], ...more };
}

/** A server over these backends, each a model of its own name, with these keys below `server`. */
export async function serveOver(
  backends: Readonly<Record<string, Mock>>,
  keys: object = {},
  record: object = {},
): Promise<RunningServer> {
  const space = await failoverWorkspace(backends);
  const records = Object.entries(backends).map(
    ([name, { url }]) => [name, { type: "generic", url, ...record }] as const,
  );
  await space.config({
    backends: Object.fromEntries(records),
    server: keys,
    routing: { capacity_wait_ms: 60_000 },
  });
  return serve(space);
}

/** The bytes of a chat request. */
export function chatBytes(server: RunningServer, model: string, more: object = {}): string {
  const body = JSON.stringify(asking(model, more));
  const head = ["POST /v1/chat/completions HTTP/1.1", `Host: ${new URL(server.url).host}`];
  return `${head.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Asks on a connection of its own. */
export function askRaw(server: RunningServer, model: string, more: object = {}): Promise<RawConnection> {
  return rawConnection(server.url, chatBytes(server, model, more));
}
