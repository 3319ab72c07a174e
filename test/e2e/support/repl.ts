import { onTestFinished } from "vitest";
import type { Running } from "./program.ts";
import { terminalLine } from "./terminal.ts";
import type { Workspace } from "./workspace.ts";

/** Keys as a terminal sends them. */
export const ENTER = "\r";
export const CTRL_C = "\u0003";
export const CTRL_D = "\u0004";
export const CTRL_R = "\u0012";
export const ALT_ENTER = "\u001b\r";
export const UP = "\u001b[A";

/** A conversation on a terminal. */
export interface Repl extends Running {
  type(...keys: readonly string[]): void;
  /** Waits for a text that came after the last one that was waited for. */
  see(text: string): Promise<void>;
}

/** Starts a line of `sh` on a terminal without colour, and waits for its prompt. */
export async function repl(space: Workspace, line: string, env: Record<string, string> = {}): Promise<Repl> {
  const running = space.startShell(terminalLine(line), {
    stdin: "open",
    env: { TERM: "xterm-256color", NO_COLOR: "1", ...env },
  });
  // Also when it fails: who has no terminal any more ends.
  onTestFinished(() => void running.child.kill("SIGKILL"));
  let seen = 0;
  const one: Repl = {
    ...running,
    type: (...keys) => void running.child.stdin?.write(keys.join("")),
    async see(text) {
      const from = seen;
      const later = { test: (all: string) => all.indexOf(text, from) >= 0 };
      await running.until("stdout", Object.assign(new RegExp(text.replaceAll(/\W/g, "\\$&")), later));
      seen = running.stdout().indexOf(text, from) + text.length;
    },
  };
  await one.see("> ");
  return one;
}

/** Waits for the line after an answer, and for the next prompt. */
export async function answered(one: Repl): Promise<void> {
  await one.see("first token");
  await one.see("> ");
}

/** Leaves with Ctrl-D; resolves to the exit code. */
export async function leave(one: Repl): Promise<number | null> {
  one.type(CTRL_D);
  return (await one.ended).code;
}
