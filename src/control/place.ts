import { createHash } from "node:crypto";
import { chmod, readdir, readFile, rm } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";
import { isObject } from "../core/json.ts";
import { replaceFile } from "../files/replace.ts";
import { askServer } from "./ask.ts";

/** A server that runs, as its file in the state directory tells of it. */
export interface RunningServer {
  readonly pid: number;
  readonly url: string;
  readonly port: number;
  /** ISO 8601. */
  readonly started: string;
}

/** Where the server on a port listens for its user: a socket in the state directory, on Windows a named pipe. */
export function socketOf(stateDir: string, port: number, os: NodeJS.Platform = platform()): string {
  if (os !== "win32") return join(stateDir, `serve-${port}.sock`);
  const place = createHash("sha256").update(stateDir).digest("hex").slice(0, 16);
  return `\\\\.\\pipe\\nexus-${place}-serve-${port}`;
}

/** Removes what a server that died left at a place. False: one that lives has it. */
export async function clearPlace(socket: string): Promise<boolean> {
  const alive = await askServer(socket, { command: "status" }).then(
    (answer) => answer !== undefined,
    () => true,
  );
  if (!alive && platform() !== "win32") await rm(socket, { force: true });
  return !alive;
}

/** Tells of a server whose socket listens, to its user only. What is returned takes that back. */
export async function announce(stateDir: string, server: RunningServer): Promise<() => Promise<void>> {
  if (platform() !== "win32") await chmod(socketOf(stateDir, server.port), 0o600);
  const file = join(stateDir, `serve-${server.port}.json`);
  await replaceFile(file, `${JSON.stringify(server, null, 2)}\n`);
  return () => rm(file, { force: true });
}

/** Servers that are told of in a state directory, by port. Whether they still run only their sockets know. */
export async function toldServers(stateDir: string): Promise<readonly RunningServer[]> {
  const names = await readdir(stateDir).catch(() => []);
  const found = await Promise.all(
    names.filter((name) => /^serve-\d+\.json$/.test(name)).map((name) => readServer(join(stateDir, name))),
  );
  return found.filter((one) => one !== undefined).toSorted((a, b) => a.port - b.port);
}

async function readServer(file: string): Promise<RunningServer | undefined> {
  try {
    const told: unknown = JSON.parse(await readFile(file, "utf8"));
    if (!isObject(told)) return undefined;
    const { pid, url, port, started } = told;
    const whole =
      typeof pid === "number" &&
      typeof url === "string" &&
      typeof port === "number" &&
      typeof started === "string";
    return whole ? { pid, url, port, started } : undefined;
  } catch {
    return undefined;
  }
}
