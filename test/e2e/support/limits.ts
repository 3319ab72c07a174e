import { spawnSync } from "node:child_process";
import { chmod, cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PROGRAM } from "./program.ts";
import type { Workspace } from "./workspace.ts";

/** Runs what follows as somebody who owns nothing, where these tests are root; as root every place may be written. */
export const AS_NOBODY =
  process.getuid?.() === 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups -- " : "";

/** Why no file system of a fixed size can be had here, or undefined. Printed once for each file that asks. */
export function whyNoTmpfs(): string | undefined {
  const tried = spawnSync("sh", [
    "-c",
    'd=$(mktemp -d); mount -t tmpfs none "$d" && umount "$d"; r=$?; rmdir "$d"; exit $r',
  ]);
  if (tried.status === 0) return undefined;
  process.stderr.write("full disk tests are skipped: no tmpfs can be mounted here\n");
  return "no tmpfs can be mounted here";
}

/** Puts the program where any user may run it: `program/bin/nexus.js` in a workspace that all may enter. */
export async function programFor(space: Workspace): Promise<string> {
  const copy = join(space.dir, "program");
  for (const part of ["bin", "dist", "package.json"]) {
    await cp(join(dirname(PROGRAM), "..", part), join(copy, part), { recursive: true });
  }
  await chmod(space.dir, 0o755);
  return join(copy, "bin", "nexus.js");
}
