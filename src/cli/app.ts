import type { Readable, Writable } from "node:stream";
import type { Clock } from "../core/clock.ts";
import type { Chance } from "../core/ports.ts";

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Standard input, as far as commands need it. */
export type InStream = Readable & { readonly isTTY: boolean; setRawMode?(raw: boolean): unknown };

/** Standard output or error, as far as commands need it. */
export type OutStream = Writable & { readonly isTTY: boolean; readonly columns?: number };

/** Signals a command may want to hear. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The world a command runs in. `main.ts` makes the real one. */
export interface App {
  readonly env: Env;
  readonly cwd: string;
  /** Of this process, by the system's count. */
  readonly pid: number;
  /** Of the user, by the system's count; undefined on Windows. */
  readonly uid: number | undefined;
  readonly stdin: InStream;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Hears a signal instead of dying of it, until the returned function is called. */
  onSignal(signal: Signal, heard: () => void): () => void;
  /** Hears of errors that nobody caught instead of dying of the first, until the returned function is called. */
  onUncaught(heard: (error: unknown) => void): () => void;
  /** Hears that the process ends, by whatever, until the returned function is called. There is no time to wait for anything. */
  onEnd(heard: () => void): () => void;
  /** Ends the process at once: for a second signal only. */
  exitNow(code: number): never;
}

/** Options that stand on every command. */
export interface Globals {
  readonly configDir?: string;
  readonly color: "auto" | "always" | "never";
  /** False: never prompt. */
  readonly input: boolean;
  readonly quiet: boolean;
}

/** What a command's run function gets. It returns the exit code. */
export interface CommandContext {
  readonly app: App;
  readonly globals: Globals;
}
