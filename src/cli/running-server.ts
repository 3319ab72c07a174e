import { askServer, type Question } from "../control/ask.ts";
import { type RunningServer, socketOf, toldServers } from "../control/place.ts";
import { isObject } from "../core/json.ts";
import type { BackendLoad, LoadOf, StateStore } from "../core/ports.ts";
import { Problem } from "../core/problem.ts";
import { memoryStore } from "../state/memory.ts";
import type { App } from "./app.ts";

/** A server that runs and answers. */
export interface LiveServer extends RunningServer {
  /** Throws the `Problem` that the server tells. */
  ask(question: Question): Promise<unknown>;
}

/** What a running server knows of its backends. */
export interface ServerView {
  readonly url: string;
  /** A copy of the facts it goes by. */
  readonly state: StateStore;
  readonly loadOf: LoadOf;
  readonly backends: readonly LiveStatus[];
}

/** How a backend does in a running server. */
export interface LiveStatus extends BackendLoad {
  readonly name: string;
  readonly error: string | undefined;
}

/** All servers that run over a state directory, each with its first answer. */
async function askAll(
  stateDir: string,
  question: Question,
): Promise<readonly { readonly server: RunningServer; readonly value: unknown }[]> {
  const asked = await Promise.all(
    (await toldServers(stateDir)).map(async (server) => {
      const answer = await askServer(socketOf(stateDir, server.port), question);
      return answer === undefined ? [] : [{ server, value: answer.value }];
    }),
  );
  return asked.flat();
}

/** The running server, or the one on a port. Throws a `Problem` of kind `config` when it is none, or not clear which. */
export async function theServer(stateDir: string, port: number | undefined): Promise<LiveServer> {
  const all = (await askAll(stateDir, { command: "status" })).map(({ server }) => server);
  const [server, another] = port === undefined ? all : all.filter((one) => one.port === port);
  if (server === undefined) {
    const where = port === undefined ? "" : ` on port ${port}`;
    throw new Problem("config", "no_server", `no server runs${where}`, "start one: nexus serve");
  }
  if (another !== undefined) {
    const ports = all.map((one) => one.port).join(", ");
    throw new Problem("config", "several_servers", `several servers run (ports ${ports})`, "say --port");
  }
  return {
    ...server,
    async ask(question) {
      const answer = await askServer(socketOf(stateDir, server.port), question);
      if (answer === undefined) throw new Problem("config", "no_server", "the server has just ended");
      return answer.value;
    },
  };
}

/** What the running server sees; undefined when there is none, or several that may see different things. */
export async function serverView({ clock }: App, stateDir: string): Promise<ServerView | undefined> {
  const [only, another] = await askAll(stateDir, { command: "status" });
  if (only === undefined || another !== undefined || !isObject(only.value)) return undefined;
  const { now, entries, backends } = only.value;
  if (typeof now !== "number" || !Array.isArray(entries) || !Array.isArray(backends)) return undefined;
  const facts = entries.flatMap((one: unknown): (readonly [string, unknown])[] =>
    Array.isArray(one) && typeof one[0] === "string" ? [[one[0], one[1]]] : [],
  );
  const statuses = backends.flatMap(readStatus);
  const ahead = now - clock.now();
  return {
    url: only.server.url,
    state: memoryStore({ now: () => clock.now() + ahead }, new Map(facts)),
    loadOf: (name) => statuses.find((one) => one.name === name) ?? IDLE,
    backends: statuses,
  };
}

/** How a backend does of which the server knows nothing. */
const IDLE: BackendLoad = { pending: 0, latencyMs: 0, status: "unknown" };

/** Tells every running server what was forgotten. */
export async function tellReset(stateDir: string, name: string | undefined): Promise<void> {
  await askAll(stateDir, { command: "reset", ...(name === undefined ? {} : { name }) });
}

const STATUSES = ["healthy", "unhealthy", "unknown", "draining"] as const;

function readStatus(told: unknown): readonly LiveStatus[] {
  if (!isObject(told)) return [];
  const { name, pending, latencyMs, error } = told;
  const status = STATUSES.find((known) => known === told["status"]);
  if (typeof name !== "string" || typeof pending !== "number" || typeof latencyMs !== "number") return [];
  if (status === undefined) return [];
  return [{ name, status, pending, latencyMs, error: typeof error === "string" ? error : undefined }];
}
