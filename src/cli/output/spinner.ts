import type { CommandContext } from "../app.ts";
import { colorLevel } from "./color.ts";
import { neutralise } from "./neutralise.ts";

/** Shows on a terminal that something goes on. */
export interface Spinner {
  /** What is waited for. */
  say(text: string): void;
  /** Takes it off the screen for a moment, so that a line can be printed. */
  clear(): void;
  /** Takes it off the screen for good. */
  stop(): void;
}

/** Waits shorter than this show nothing, in milliseconds. */
const DELAY_MS = 100;

/** A spinner on standard error; none off a terminal, on one without width, and with `-q`. */
export function startSpinner({ app, globals }: CommandContext): Spinner {
  const { stderr, env } = app;
  if (!stderr.isTTY || !stderr.columns || env["TERM"] === "dumb" || globals.quiet) return NONE;
  let text = "";
  let stopped = false;
  let shown: { text: string; clear(): unknown; stop(): unknown } | undefined;
  const show = async (): Promise<void> => {
    const { default: ora } = await import("ora");
    if (stopped) return;
    const color = colorLevel(stderr, globals, env) ? "cyan" : false;
    // With discardStdin ora would swallow Ctrl-C.
    shown = ora({ text, color, stream: stderr, discardStdin: false }).start();
  };
  const cancel = app.clock.after(DELAY_MS, () => void show());
  return {
    say(next) {
      text = neutralise(next);
      if (shown !== undefined) shown.text = text;
    },
    clear() {
      shown?.clear();
    },
    stop() {
      stopped = true;
      cancel();
      shown?.stop();
      shown = undefined;
    },
  };
}

const NONE: Spinner = { say() {}, clear() {}, stop() {} };
