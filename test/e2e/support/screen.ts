import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { onTestFinished } from "vitest";
import { type RunOptions, shellPrelude } from "./program.ts";
import type { Finished, Workspace } from "./workspace.ts";

/** Why no screen can be had here, or undefined. Tests that need one are skipped with this reason. */
export const NO_SCREEN = spawnSync("tmux", ["-V"]).status === 0 ? undefined : "no tmux on this machine";

if (NO_SCREEN !== undefined) process.stderr.write(`screen tests are skipped: ${NO_SCREEN}\n`);

/** A terminal as a person sees it: what stands on it now, not what was ever written to it. */
export interface Screen {
  /** Types a text. */
  type(text: string): void;
  /** Presses keys by tmux's names: `Enter`, `Down`, `C-c`, `Tab`, `BSpace`. */
  press(...keys: readonly string[]): void;
  /** The screen, without the white space at its right and at its end. */
  text(): string;
  /** Resolves once the screen matches. Rejects with the screen when the line has ended, or 15 s have passed, without. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves to the exit code once the line has ended. */
  readonly ended: () => Promise<number>;
}

/** How often the screen is looked at, and how long at most, in milliseconds. */
const LOOK_MS = 30;
const PATIENCE_MS = 15_000;

/** Runs a line of `sh`, in which `nexus` is the program, on a screen of 80 × 24 that ends with the test. */
export async function openScreen(
  space: Workspace,
  line: string,
  options: RunOptions & { readonly columns?: number; readonly rows?: number; readonly shell?: string } = {},
  finished: Finished = onTestFinished,
): Promise<Screen> {
  const { columns = 80, rows = 24, shell = "sh" } = options;
  const name = `nexus-${randomUUID()}`;
  const code = `${space.dir}/${name}.code`;
  const script = await space.write(`${name}.sh`, `trap : INT\n${shellPrelude()}\n${line}\n`);
  const tmux = (...args: readonly string[]) =>
    spawnSync("tmux", ["-L", name, "-f", "/dev/null", ...args], { encoding: "utf8" }).stdout;
  finished(async () => {
    tmux("kill-server");
  });
  // Ctrl-C is for the program, not for the shells around it.
  const run = `trap : INT; cd '${options.cwd ?? space.dir}'; ${shell} '${script}'; echo $? > '${code}.new'; mv '${code}.new' '${code}'; exec sleep 600`;
  const env = Object.entries({
    PATH: process.env["PATH"],
    HOME: space.dir,
    LANG: "C.UTF-8",
    TERM: "tmux-256color",
    NEXUS_NO_DETECT: "1",
    NEXUS_CONFIG_DIR: space.configDir,
    NEXUS_STATE_DIR: space.stateDir,
    ...options.env,
  }).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  const started = spawnSync(
    "tmux",
    [
      ...["-L", name, "-f", "/dev/null", "new-session", "-d", "-x", `${columns}`, "-y", `${rows}`],
      ...["env", "-i", ...env, "sh", "-c", run],
      ...[";", "set", "-g", "status", "off", ";", "set", "-s", "escape-time", "0"],
    ],
    { encoding: "utf8", env: { PATH: process.env["PATH"], LANG: "C.UTF-8", HOME: space.dir } },
  );
  if (started.status !== 0) throw new Error(`tmux: ${started.stderr}`);
  const text = () =>
    tmux("capture-pane", "-p")
      .split("\n")
      .map((row) => row.trimEnd())
      .join("\n")
      .trimEnd();
  const exitCode = () =>
    readFile(code, "utf8").then(
      (found) => Number(found),
      () => undefined,
    );
  const lookFor = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    const giveUp = Date.now() + PATIENCE_MS;
    for (;;) {
      const over = (await exitCode()) !== undefined || Date.now() > giveUp;
      const found = await look();
      if (found !== undefined) return found;
      if (over) throw new Error(`no ${what} on this screen:\n${text()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  return {
    type: (typed) => void tmux("send-keys", "-l", "--", typed),
    press: (...keys) => void tmux("send-keys", ...keys),
    text,
    until: async (pattern) =>
      void (await lookFor(`${pattern}`, async () => pattern.test(text()) || undefined)),
    ended: () => lookFor("end", exitCode),
  };
}
