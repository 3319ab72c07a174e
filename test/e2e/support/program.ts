import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The program under test: this checkout's, or the one `NEXUS_E2E_PROGRAM` names (an installed package). */
export const PROGRAM =
  process.env["NEXUS_E2E_PROGRAM"] ?? fileURLToPath(new URL("../../../bin/nexus.js", import.meta.url));

/** How a run of the program ended. */
export interface Ended {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run the program. */
export interface RunOptions {
  /** Added to an environment that holds nothing of the person who runs the tests; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /**
   * Written to standard input, which then is a socket, as parent programs leave it. `open`: a socket that stays silent.
   * Absent: `/dev/null`. For a pipe or a file use `shell`.
   */
  readonly stdin?: string | Uint8Array | "open" | undefined;
}

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What has come so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves once the stream's text so far matches; rejects with that text when the program ends without it. */
  until(stream: "stdout" | "stderr", pattern: RegExp): Promise<void>;
}

/** Runs `nexus` with these arguments to its end. */
export function runProgram(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return startProgram(args, options).ended;
}

/** Starts `nexus` with these arguments. */
export function startProgram(args: readonly string[], options: RunOptions = {}): Running {
  return start(process.execPath, [PROGRAM, ...args], options);
}

/** Runs a line of `sh` in which `nexus` is the program. */
export function runShell(line: string, options: RunOptions = {}): Promise<Ended> {
  return startShell(line, options).ended;
}

/** Starts a line of `sh` in which `nexus` is the program. */
export function startShell(line: string, options: RunOptions = {}): Running {
  return start("sh", ["-c", `${shellPrelude()}\n${line}`], options);
}

/** Makes `nexus` a command of `sh`. */
export function shellPrelude(): string {
  return `nexus() { '${process.execPath}' '${PROGRAM}' "$@"; }`;
}

function start(file: string, args: readonly string[], options: RunOptions): Running {
  const { stdin } = options;
  const child = spawn(file, args, {
    cwd: options.cwd ?? process.cwd(),
    env: cleanEnv(options.env ?? {}),
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  if (child.stdin !== null) {
    // A program that does not read its input closes it, which is no error here.
    child.stdin.on("error", () => {});
    if (stdin !== "open") child.stdin.end(stdin);
  }
  const text = { stdout: "", stderr: "" };
  const heard = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (piece: string) => {
      text[name] += piece;
      for (const look of heard) look();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...text }));
  });
  return {
    child,
    ended,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    until: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(text[stream])) return;
          heard.delete(look);
          resolve();
        };
        heard.add(look);
        look();
        void ended.then((end) => reject(new Error(`ended without ${pattern}: ${JSON.stringify(end)}`)));
      }),
  };
}

/** No keys, proxies, colours or settings of the person who runs the tests. */
function cleanEnv(added: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const env: Record<string, string | undefined> = {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    LANG: "C.UTF-8",
    NEXUS_NO_DETECT: "1",
    ...added,
  };
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
