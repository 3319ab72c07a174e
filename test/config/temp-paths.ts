import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type Paths, resolvePaths } from "../../src/config/paths.ts";

/** Places of a configuration of its own for one test. */
export async function tempPaths(): Promise<Paths> {
  const dir = await mkdtemp(join(tmpdir(), "nexus-config-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return resolvePaths({ configDir: join(dir, "config") }, { NEXUS_STATE_DIR: join(dir, "state") });
}

/** Writes a file as somebody else may have left it. */
export async function writeRaw(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** What a promise is rejected with; fails when it is not. */
export async function rejection(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error(`was not rejected with an error: ${String(outcome)}`);
}
