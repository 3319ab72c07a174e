import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type Ended,
  type Running,
  type RunOptions,
  runProgram,
  runShell,
  startProgram,
  startShell,
} from "./program.ts";

/** A configuration and state of its own for one test, removed when the test has ended. */
export interface Workspace {
  readonly dir: string;
  readonly configDir: string;
  readonly stateDir: string;
  /** Runs `nexus` in it to its end. */
  nexus(args: readonly string[], options?: RunOptions): Promise<Ended>;
  start(args: readonly string[], options?: RunOptions): Running;
  /** Runs a line of `sh` in it, where `nexus` is the program. */
  shell(line: string, options?: RunOptions): Promise<Ended>;
  startShell(line: string, options?: RunOptions): Running;
  /** Writes a file below the workspace and returns its path. */
  write(path: string, content: string | Uint8Array): Promise<string>;
  /** Writes `config.json`. */
  config(content: object): Promise<void>;
  /** Writes `profiles/<name>.json`. */
  profile(name: string, content: object): Promise<void>;
}

/** A backend of a test: its address (`startMock` gives one), and what to say beyond the defaults. */
export interface TestBackend {
  readonly url: string;
  /** Model of the profile with the backend's name. Default `m-<name>`. */
  readonly model?: string;
  /** More keys of the backend's record, such as `zone` or `timeouts`. */
  readonly record?: object;
}

/** Told what to do when a test is over. Tests that run beside others have to hand in their own context's. */
export type Finished = (clean: () => Promise<void>) => void;

/** An empty workspace. */
export async function workspace(finished: Finished = onTestFinished): Promise<Workspace> {
  const dir = await mkdtemp(join(tmpdir(), "nexus-e2e-"));
  // A program that was told to end may still be writing there.
  finished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const configDir = join(dir, "config");
  const stateDir = join(dir, "state");
  const within = (options: RunOptions = {}): RunOptions => ({
    ...options,
    cwd: options.cwd ?? dir,
    env: { HOME: dir, NEXUS_CONFIG_DIR: configDir, NEXUS_STATE_DIR: stateDir, ...options.env },
  });
  const write = async (path: string, content: string | Uint8Array): Promise<string> => {
    const full = join(dir, path);
    await mkdir(join(full, ".."), { recursive: true });
    await writeFile(full, content);
    return full;
  };
  return {
    dir,
    configDir,
    stateDir,
    write,
    nexus: (args, options) => runProgram(args, within(options)),
    start: (args, options) => startProgram(args, within(options)),
    shell: (line, options) => runShell(line, within(options)),
    startShell: (line, options) => startShell(line, within(options)),
    config: async (content) => {
      await write("config/config.json", JSON.stringify(content, null, 2));
    },
    profile: async (name, content) => {
      await write(`config/profiles/${name}.json`, JSON.stringify(content, null, 2));
    },
  };
}

/**
 * A workspace with one backend (type `generic`) and one model profile for each name, and a failover profile `lb` over
 * them in this order. `settings` go to `lb`.
 */
export async function failoverWorkspace(
  backends: Readonly<Record<string, TestBackend>>,
  settings: object = {},
  finished: Finished = onTestFinished,
): Promise<Workspace> {
  const space = await workspace(finished);
  const entries = Object.entries(backends);
  await space.config({
    backends: Object.fromEntries(
      entries.map(([name, { url, record }]) => [name, { type: "generic", url, ...record }]),
    ),
  });
  for (const [name, { model = `m-${name}` }] of entries) {
    await space.profile(name, { version: 1, type: "model", backend: name, model, params: {} });
  }
  if (entries.length > 1) {
    const profiles = entries.map(([name]) => name);
    await space.profile("lb", { version: 1, type: "loadbalancer", policy: "failover", profiles, settings });
  }
  return space;
}
