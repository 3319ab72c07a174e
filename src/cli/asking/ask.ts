import type { Key } from "node:readline";
import { Problem } from "../../core/problem.ts";
import type { App, CommandContext } from "../app.ts";
import { neutralise } from "../output/neutralise.ts";

/** One thing that can be picked. */
export interface Choice<T> {
  readonly value: T;
  readonly name: string;
  /** Shown while it is the one that would be picked. */
  readonly description?: string;
}

/** Questions to a person, on standard error: standard output stays clean. Leaving one with Ctrl-C or Ctrl-D is a `Problem`. */
export interface Asking {
  /** A line of text; `check` says what is wrong with it. Enter alone gives `fallback`. */
  text(
    question: string,
    how?: {
      readonly fallback?: string | undefined;
      readonly check?: (text: string) => string | undefined;
    },
  ): Promise<string>;
  /** One of these. Where there are many, they are searched by typing. */
  pick<T extends string>(question: string, choices: readonly Choice<T>[], fallback?: T): Promise<T>;
  yes(question: string, fallback: boolean): Promise<boolean>;
}

/** Beyond so many choices they are searched by typing. */
const MOST_LISTED = 14;

/** Opens the questions; the library is loaded now. Ask only where `canAsk`. */
export async function openAsking({ app }: CommandContext): Promise<Asking> {
  const { confirm, input, search, select } = await import("@inquirer/prompts");
  return {
    text: (message, { fallback, check } = {}) =>
      unlessLeft(app, (io) =>
        input(
          {
            message,
            ...(fallback === undefined ? {} : { default: fallback }),
            validate: (text) => check?.(text.trim()) ?? true,
          },
          io,
        ),
      ).then((text) => text.trim()),
    pick(message, choices, fallback) {
      const shown = choices.map((choice) => ({ ...choice, name: neutralise(choice.name) }));
      const chosen = fallback === undefined ? {} : { default: fallback };
      if (shown.length <= MOST_LISTED) {
        return unlessLeft(app, (io) =>
          select({ message, choices: shown, loop: false, pageSize: MOST_LISTED, ...chosen }, io),
        );
      }
      const source = (term = "") => {
        const wanted = term.trim().toLowerCase();
        return shown.filter(({ name }) => name.toLowerCase().includes(wanted));
      };
      return unlessLeft(app, (io) =>
        search({ message: `${message} (type to search)`, source, pageSize: 10, ...chosen }, io),
      );
    },
    yes: (message, fallback) => unlessLeft(app, (io) => confirm({ message, default: fallback }, io)),
  };
}

/** Where a question is asked; the signal takes it away. */
interface Place {
  readonly input: App["stdin"];
  readonly output: App["stderr"];
  readonly signal: AbortSignal;
}

/** What a prompt was answered. Left with Ctrl-C or Ctrl-D: a `Problem`. */
export async function unlessLeft<T>(
  { stdin, stderr }: App,
  prompt: (place: Place) => Promise<T>,
): Promise<T> {
  const leave = new AbortController();
  // The library would wait for ever: its reader is closed by this key.
  const hear = (_text: string | undefined, key: Key): void => {
    if (key.ctrl && key.name === "d") leave.abort();
  };
  stdin.on("keypress", hear);
  try {
    return await prompt({ input: stdin, output: stderr, signal: leave.signal });
  } catch (error) {
    const ways: readonly string[] = ["ExitPromptError", "AbortPromptError"];
    if (error instanceof Error && ways.includes(error.name)) throw left();
    throw error;
  } finally {
    stdin.off("keypress", hear);
  }
}

/** That a person left before anything was changed. */
export function left(): Problem {
  return new Problem("interrupted", "interrupted", "left: nothing was changed");
}

/** What a `Problem` that `check` throws says of a text that was typed; undefined: nothing is wrong with it. */
export function faultOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}
