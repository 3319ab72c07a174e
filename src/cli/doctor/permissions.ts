import { constants } from "node:fs";
import { access, chmod, stat } from "node:fs/promises";
import { platform } from "node:os";
import { dirname } from "node:path";
import type { Paths } from "../../config/paths.ts";
import { type Finding, findingsOf } from "./finding.ts";

/**
 * Whether only their owner can enter the directories and read the keys, and whether they can be written. What lies in a
 * closed directory needs no closed mode of its own.
 */
export async function checkPermissions({
  configDir,
  stateDir,
  secretsFile,
}: Paths): Promise<readonly Finding[]> {
  const say = findingsOf("permissions");
  const findings: Finding[] = [];
  for (const directory of new Set([configDir, stateDir])) {
    const mode = await openTo(directory);
    if (mode !== undefined) {
      findings.push(
        say.warning(`${directory} can be read by others (mode ${mode})`, `chmod 700 ${directory}`),
      );
    }
    if (!(await writable(directory))) {
      const variable = directory === configDir ? "NEXUS_CONFIG_DIR" : "NEXUS_STATE_DIR";
      findings.push(
        say.broken(
          `${directory} cannot be written`,
          `chown or chmod it, or set ${variable} to a place of your own`,
        ),
      );
    }
  }
  const mode = await openTo(secretsFile);
  if (mode !== undefined) {
    // Whoever reads a key closes the file in passing: here it is told, and done.
    const closed = await chmod(secretsFile, 0o600).then(
      () => true,
      () => false,
    );
    const found = `${secretsFile} holds keys and could be read by others (mode ${mode})`;
    findings.push(
      closed
        ? say.warning(`${found}; its mode is 600 now`, "have new keys made where others use this machine")
        : say.broken(`${found}, and its mode cannot be changed`, `chown or chmod 600 ${secretsFile}`),
    );
  }
  return findings.length === 0 ? [say.ok("configuration, keys and state are yours alone")] : findings;
}

/** The mode of what others can read or enter; undefined where they cannot, or nothing is there. */
async function openTo(path: string): Promise<string | undefined> {
  // Windows has no such modes.
  if (platform() === "win32") return undefined;
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => 0,
  );
  return (mode & 0o077) === 0 ? undefined : mode.toString(8).padStart(3, "0");
}

/** Whether a directory can be written, or made where there is none. */
async function writable(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    const missing = await stat(directory).then(
      () => false,
      () => true,
    );
    return missing && dirname(directory) !== directory && writable(dirname(directory));
  }
}
