import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { platform, tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Problem } from "../core/problem.ts";

/** The person who runs nexus, as far as places of their own go. */
export interface User {
  /** By the system's count; undefined on Windows. */
  readonly uid: number | undefined;
  /** `XDG_RUNTIME_DIR`. */
  readonly runtimeDir: string | undefined;
}

/** Longest path of a socket in bytes: 107 on Linux, 103 on macOS. */
const MAX_PATH = 103;

/**
 * Where the server on a port listens for its user: a socket in the state directory, on Windows a named pipe. Where that
 * path is too long, a socket in a directory of the user's own below the runtime or temporary directory, which is made.
 * Throws a `Problem` where that cannot be had.
 */
export async function socketFor(
  stateDir: string,
  port: number,
  { uid, runtimeDir }: User,
  os: NodeJS.Platform = platform(),
): Promise<string> {
  const hash = createHash("sha256").update(stateDir).digest("hex").slice(0, 16);
  if (os === "win32") return `\\\\.\\pipe\\nexus-${hash}-serve-${port}`;
  const plain = join(stateDir, `serve-${port}.sock`);
  if (fits(plain)) return plain;
  const bases = [...new Set([runtimeDir, tmpdir(), "/tmp"])].filter((base) => isAbsolute(base ?? ""));
  for (const base of bases) {
    const socket = join(base ?? "", `nexus-${uid}`, `${hash}-${port}.sock`);
    if (fits(socket) && (await makeOwn(dirname(socket), uid))) return socket;
  }
  throw new Problem(
    "io",
    "no_socket_place",
    `the path of ${stateDir} is too long for a socket, and no directory of your own can be had below ${bases.join(", ")}`,
    "set NEXUS_STATE_DIR to a shorter path",
  );
}

/** Whether a socket lies where only its user can have put it: in the state directory, or a directory of their own. */
export async function isTrusted(socket: string, stateDir: string, { uid }: User): Promise<boolean> {
  if (platform() === "win32" || dirname(socket) === stateDir) return true;
  return isOwn(dirname(socket), uid);
}

function fits(socket: string): boolean {
  return Buffer.byteLength(socket) <= MAX_PATH;
}

async function makeOwn(directory: string, uid: number | undefined): Promise<boolean> {
  // What is there already may be somebody else's trap: it is looked at all the same.
  await mkdir(directory, { mode: 0o700 }).catch(() => {});
  return isOwn(directory, uid);
}

async function isOwn(directory: string, uid: number | undefined): Promise<boolean> {
  return lstat(directory).then(
    (found) => found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0,
    () => false,
  );
}
