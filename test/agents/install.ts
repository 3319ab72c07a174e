import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Finished } from "../e2e/support/workspace.ts";
import type { Agent } from "./agents.ts";

/**
 * Installs agents from the npm registry into a folder of their own, and returns where their commands are. The folder is
 * `NEXUS_AGENTS_DIR`, which is kept, or one that goes when the run ends.
 */
export async function install(agents: readonly Agent[], finished: Finished): Promise<string> {
  const kept = process.env["NEXUS_AGENTS_DIR"];
  const dir = kept ?? (await mkdtemp(path.join(tmpdir(), "nexus-agents-")));
  if (kept === undefined) finished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "package.json"), '{ "private": true }\n');
  const packages = agents.map((agent) => agent.package);
  await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund", "--no-save", ...packages], {
    cwd: dir,
  });
  return path.join(dir, "node_modules/.bin");
}
