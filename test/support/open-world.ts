import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../src/cli/app.ts";
import { openWorld, type World } from "../../src/cli/wiring.ts";
import type { Outcome, RunEvent } from "../../src/core/outcome.ts";
import type { RunInput } from "../../src/engine/engine.ts";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { ask } from "./run-engine.ts";

/** The shipped wiring over files in a temporary directory, in this process. */
export interface OpenedWorld extends World {
  chat(
    profile: string,
    over?: Partial<RunInput>,
    signal?: AbortSignal,
  ): Promise<Outcome & { events: RunEvent[] }>;
  remove(): Promise<void>;
}

/** Writes configuration and profiles as a user has them, and opens them as a command does. */
export async function openTestWorld(files: {
  config: object;
  profiles: Readonly<Record<string, object>>;
  env?: Readonly<Record<string, string>>;
  /** As a server opens it. */
  lasting?: boolean;
}): Promise<OpenedWorld> {
  const directory = await mkdtemp(join(tmpdir(), "nexus-world-"));
  await mkdir(join(directory, "profiles"));
  await writeFile(join(directory, "config.json"), JSON.stringify(files.config), { mode: 0o600 });
  for (const [name, profile] of Object.entries(files.profiles)) {
    await writeFile(join(directory, "profiles", `${name}.json`), JSON.stringify({ version: 1, ...profile }));
  }
  const app: App = {
    env: {
      NEXUS_STATE_DIR: join(directory, "state"),
      NEXUS_NO_DETECT: "1",
      NEXUS_KEYRING: "file",
      ...files.env,
    },
    cwd: directory,
    pid: process.pid,
    uid: process.getuid?.(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: REAL_CLOCK,
    chance: Math.random,
    onSignal: () => () => {},
    onUncaught: () => () => {},
    onEnd: () => () => {},
    exitNow: (code) => process.exit(code),
  };
  const world = await openWorld(
    { app, globals: { configDir: directory, color: "never", input: false, quiet: true } },
    { lasting: files.lasting ?? false },
  );
  return {
    ...world,
    async chat(profile, over = {}, signal = new AbortController().signal) {
      const events: RunEvent[] = [];
      const input: RunInput = {
        requestId: "req_test",
        door: "chat",
        target: { kind: "profile", name: profile },
        request: ask(),
        rateLimitWaitMs: 10_000,
        ...over,
      };
      const outcome = await world.engine.run(input, signal, (event) => void events.push(event));
      return { ...outcome, events };
    },
    async remove() {
      await world.close();
      await rm(directory, { recursive: true });
    },
  };
}
