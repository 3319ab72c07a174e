import { chmod, readdir, readFile, rm } from "node:fs/promises";
import { hostname, platform } from "node:os";
import { join } from "node:path";
import { isObject, parseJson } from "../core/json.ts";
import { replaceFile } from "../files/replace.ts";
import { askServer } from "./ask.ts";
import { isTrusted, type User } from "./place.ts";

/** A server that runs, as its file in the state directory tells of it. */
export interface RunningServer {
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  /** ISO 8601. */
  readonly started: string;
  /** Name of its machine: a state directory may be shared, and a socket cannot. */
  readonly host: string;
  /** Path of its control socket. */
  readonly socket: string;
}

/** Removes what a server that died left at a place. False: one that lives has it. */
export async function clearPlace(socket: string): Promise<boolean> {
  const alive = await isAlive(socket);
  if (!alive && platform() !== "win32") await rm(socket, { force: true });
  return !alive;
}

/** Tells of a server whose socket listens, to its user only. What is returned takes that back. */
export async function announce(
  stateDir: string,
  server: Omit<RunningServer, "host">,
): Promise<() => Promise<void>> {
  if (platform() !== "win32") await chmod(server.socket, 0o600);
  const file = fileOf(stateDir, server.port);
  await replaceFile(file, `${JSON.stringify({ ...server, host: hostname() }, null, 2)}\n`);
  return () => rm(file, { force: true });
}

/**
 * The servers of this machine that run over a state directory, by port, and those that only left their files, which are
 * removed.
 */
export async function findServers(
  stateDir: string,
  user: User,
): Promise<{ readonly alive: readonly RunningServer[]; readonly dead: readonly RunningServer[] }> {
  const names = await readdir(stateDir).catch(() => []);
  const told = await Promise.all(
    names.filter((name) => /^serve-\d+\.json$/.test(name)).map((name) => readServer(join(stateDir, name))),
  );
  const here = told
    .filter((one) => one !== undefined)
    .filter(({ host }) => host === hostname())
    .toSorted((a, b) => a.port - b.port);
  const asked = await Promise.all(
    here.map(async (server) => {
      const trusted = await isTrusted(server.socket, stateDir, user);
      return { server, trusted, alive: trusted && (await isAlive(server.socket)) };
    }),
  );
  const dead = asked.filter(({ alive }) => !alive);
  for (const { server, trusted } of dead) await removeFiles(stateDir, server, trusted);
  return {
    alive: asked.filter(({ alive }) => alive).map(({ server }) => server),
    dead: dead.map(({ server }) => server),
  };
}

/** Whoever is silent or talks nonsense is alive, and whoever asks for more will hear of it. */
async function isAlive(socket: string): Promise<boolean> {
  return askServer(socket, { command: "hello" }).then(
    (answer) => answer !== undefined,
    () => true,
  );
}

/** Another server may have come to the same port meanwhile: its files stay. */
async function removeFiles(stateDir: string, dead: RunningServer, trusted: boolean): Promise<void> {
  const now = await readServer(fileOf(stateDir, dead.port));
  if (now?.pid !== dead.pid || now.started !== dead.started) return;
  await rm(fileOf(stateDir, dead.port), { force: true });
  if (trusted && platform() !== "win32") await rm(dead.socket, { force: true });
}

function fileOf(stateDir: string, port: number): string {
  return join(stateDir, `serve-${port}.json`);
}

async function readServer(file: string): Promise<RunningServer | undefined> {
  const told = parseJson(await readFile(file, "utf8").catch(() => ""));
  if (!isObject(told)) return undefined;
  const { pid, url, port, started, host, socket } = told;
  const whole =
    typeof pid === "number" &&
    typeof url === "string" &&
    typeof port === "number" &&
    typeof started === "string" &&
    typeof host === "string" &&
    typeof socket === "string";
  return whole ? { pid, url, port, started, host, socket } : undefined;
}
