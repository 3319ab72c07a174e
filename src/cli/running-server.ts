import { askServer, type Question } from "../control/ask.ts";
import { findServers, type RunningServer } from "../control/told.ts";
import { isObject } from "../core/json.ts";
import type { BackendLoad, StateStore } from "../core/ports.ts";
import { Problem } from "../core/problem.ts";
import { memoryStore } from "../state/memory.ts";
import type { CommandContext } from "./app.ts";
import { note, warn } from "./output/print.ts";
import { readPort } from "./serve/flags.ts";

/** The flags of commands that ask a running `nexus serve`. */
export interface ServerFlags {
  readonly port?: string;
}

/** A server that runs and answers. */
export interface LiveServer extends RunningServer {
  /** Throws the `Problem` that the server tells. */
  ask(question: Question, signal?: AbortSignal): Promise<unknown>;
}

/** What a running server knows of its backends. */
export interface ServerView {
  readonly url: string;
  /** A copy of the facts it goes by. */
  readonly state: StateStore;
  readonly backends: readonly LiveStatus[];
}

/** How a backend does in a running server. */
export interface LiveStatus extends BackendLoad {
  readonly name: string;
  readonly url: string;
  /** `static`: of the configuration; `mdns`: found on the network. */
  readonly source: string;
  readonly error: string | undefined;
}

/** All servers that run over a state directory. What dead ones left is removed, with a note. */
export async function liveServers(context: CommandContext, stateDir: string): Promise<readonly LiveServer[]> {
  const { uid, env } = context.app;
  const { alive, dead } = await findServers(stateDir, { uid, runtimeDir: env["XDG_RUNTIME_DIR"] });
  for (const { port, pid } of dead) {
    note(context, `the server on port ${port} (pid ${pid}) is gone without a word; its files were removed`);
  }
  return alive.map((server) => ({
    ...server,
    async ask(question, signal) {
      const answer = await askServer(server.socket, question, signal);
      if (answer === undefined) throw new Problem("config", "no_server", "the server has just ended");
      return answer.value;
    },
  }));
}

/**
 * The server that a command acts on: the only one, or the one on `--port`. Throws a `Problem`: of kind `config` when there
 * is none, `usage` when it is not clear which.
 */
export async function theServer(
  context: CommandContext,
  stateDir: string,
  flags: ServerFlags,
): Promise<LiveServer> {
  const port = readPort(flags.port);
  const all = await liveServers(context, stateDir);
  const [server, another] = port === undefined ? all : all.filter((one) => one.port === port);
  if (server === undefined) throw noServer(all, port);
  if (another === undefined) return server;
  throw new Problem(
    "usage",
    "several_servers",
    `several servers run: ${listed(all)}`,
    "say which with --port",
  );
}

/**
 * The server with whose eyes a command looks: the only one, or the one on `--port`. Undefined when none runs, and, with a
 * warning, when it is not clear which. Throws a `Problem` of kind `config` when none runs on that port.
 */
export async function watchedServer(
  context: CommandContext,
  stateDir: string,
  flags: ServerFlags,
): Promise<LiveServer | undefined> {
  const port = readPort(flags.port);
  const all = await liveServers(context, stateDir);
  const [server, another] = port === undefined ? all : all.filter((one) => one.port === port);
  if (server === undefined && port !== undefined) throw noServer(all, port);
  if (another === undefined) return server;
  warn(context, `several servers run: ${listed(all)}; --port asks one of them, this is a fresh look`);
  return undefined;
}

/** Whose view something is, for people. */
export function viewText(server: { readonly url: string } | undefined): string {
  return `view: ${server === undefined ? "fresh, from the files of this machine" : `the server at ${server.url}`}`;
}

function noServer(all: readonly RunningServer[], port: number | undefined): Problem {
  if (all.length === 0 || port === undefined) {
    const where = port === undefined ? "" : ` on port ${port}`;
    return new Problem("config", "no_server", `no server runs${where}`, "start one: nexus serve");
  }
  return new Problem("config", "no_server", `no server runs on port ${port}`, `there is ${listed(all)}`);
}

function listed(servers: readonly RunningServer[]): string {
  return servers.map(({ port, pid }) => `port ${port} (pid ${pid})`).join(", ");
}

/** What a server knows at this moment. */
export async function viewOf({ app }: CommandContext, server: LiveServer): Promise<ServerView> {
  const told = await server.ask({ command: "status" });
  const { now, entries, backends } = isObject(told) ? told : {};
  if (typeof now !== "number" || !Array.isArray(entries) || !Array.isArray(backends)) {
    throw new Problem(
      "io",
      "server_silent",
      `the server at ${server.url} tells no status; is it another version?`,
    );
  }
  const facts = entries.flatMap((one: unknown): (readonly [string, unknown])[] =>
    Array.isArray(one) && typeof one[0] === "string" ? [[one[0], one[1]]] : [],
  );
  const ahead = now - app.clock.now();
  return {
    url: server.url,
    state: memoryStore({ now: () => app.clock.now() + ahead }, new Map(facts)),
    backends: backends.flatMap(readStatus),
  };
}

/** Tells every running server what was forgotten. One that does not listen is a warning: it follows the files by itself. */
export async function tellReset(
  context: CommandContext,
  stateDir: string,
  name: string | undefined,
): Promise<void> {
  const servers = await liveServers(context, stateDir);
  const question = { command: "reset", ...(name === undefined ? {} : { name }) } as const;
  const told = servers.map((server) =>
    server.ask(question).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      warn(context, `${server.url}: ${error.message}`);
    }),
  );
  await Promise.all(told);
}

const STATUSES = ["healthy", "unhealthy", "unknown", "draining"] as const;

function readStatus(told: unknown): readonly LiveStatus[] {
  if (!isObject(told)) return [];
  const { name, url, source, pending, latencyMs, error } = told;
  const status = STATUSES.find((known) => known === told["status"]);
  if (typeof name !== "string" || typeof pending !== "number" || typeof latencyMs !== "number") return [];
  if (status === undefined || typeof url !== "string" || typeof source !== "string") return [];
  return [
    { name, url, source, status, pending, latencyMs, error: typeof error === "string" ? error : undefined },
  ];
}
