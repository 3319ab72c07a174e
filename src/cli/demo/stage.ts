import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mock, startMock } from "../../mock/mock.ts";
import type { App, Env } from "../app.ts";

/** Two scripted backends, and an app whose configuration and state are a directory that does not outlive them. */
export interface Stage {
  /** Fails in a new way each time it is asked. */
  readonly cloud: Mock;
  /** Always answers. */
  readonly box: Mock;
  readonly app: App;
  /** Stops the backends and deletes the directory. */
  close(): Promise<void>;
}

/** Milliseconds between the words of an answer: enough to see that it streams. */
const WORD_DELAY_MS = 15;

/** Starts both backends; `faults` are what the first one does, request by request. */
export async function openStage(app: App, faults: readonly string[]): Promise<Stage> {
  const cloud = await startMock({ models: ["gpt-4o-mini"], steps: faults });
  const box = await startMock({
    models: ["llama3.2"],
    answer: "Hello! I am llama3.2, played by a script, and glad to step in.",
    chunkDelayMs: WORD_DELAY_MS,
  });
  const dir = await mkdtemp(join(tmpdir(), "nexus-demo-"));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  return {
    cloud,
    box,
    app: withPlaces(app, dir, remove),
    async close() {
      remove();
      await Promise.all([cloud.close(), box.close()]);
    },
  };
}

/** Variables that say how to print; no other one reaches the demo, so that no key or setting of the user does. */
const KEPT = ["TERM", "NO_COLOR", "FORCE_COLOR", "CI", "LANG", "LC_ALL", "COLUMNS"];

function withPlaces(app: App, dir: string, remove: () => void): App {
  const env: Env = {
    ...Object.fromEntries(
      KEPT.flatMap((name) => (app.env[name] === undefined ? [] : [[name, app.env[name]]])),
    ),
    NEXUS_CONFIG_DIR: join(dir, "config"),
    NEXUS_STATE_DIR: join(dir, "state"),
    NEXUS_NO_DETECT: "1",
  };
  return {
    env,
    get cwd() {
      return app.cwd;
    },
    get stdin() {
      return app.stdin;
    },
    get stdout() {
      return app.stdout;
    },
    get stderr() {
      return app.stderr;
    },
    clock: app.clock,
    pid: app.pid,
    uid: app.uid,
    chance: app.chance,
    onSignal: app.onSignal,
    onUncaught: app.onUncaught,
    onEnd: app.onEnd,
    exitNow(code) {
      remove();
      return app.exitNow(code);
    },
  };
}
