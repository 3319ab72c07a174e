import { Readable, Writable } from "node:stream";
import type { App, CommandContext, Env, Globals, OutStream, Signal } from "../../../src/cli/app.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { fakeClock } from "../../support/fake-clock.ts";

/** What a test may choose of the world a command runs in. */
export interface FakeAppOptions {
  readonly env?: Env;
  readonly stdoutIsTty?: boolean;
  readonly stderrIsTty?: boolean;
  readonly columns?: number;
  readonly clock?: Clock;
  readonly globals?: Partial<Globals>;
  /** Fails every write to stdout with this system code. */
  readonly stdoutError?: string;
}

/** An app whose streams are kept in memory. */
export interface FakeApp {
  readonly app: App;
  readonly context: CommandContext;
  stdout(): string;
  stderr(): string;
  /** Codes that `exitNow` was called with. */
  readonly exits: readonly number[];
  /** What the process tells when it ends. */
  end(): void;
  /** Sends a signal to whoever listens. */
  send(signal: Signal): void;
}

/** Makes one. */
export function fakeApp(options: FakeAppOptions = {}): FakeApp {
  const written = { stdout: "", stderr: "" };
  const exits: number[] = [];
  const listeners = new Map<Signal, Set<() => void>>();
  const whenEnding = new Set<() => void>();
  const stream = (name: "stdout" | "stderr", isTTY: boolean): OutStream =>
    Object.assign(
      new Writable({
        write(piece: Buffer, _encoding, done) {
          if (name === "stdout" && options.stdoutError !== undefined) {
            done(Object.assign(new Error(options.stdoutError), { code: options.stdoutError }));
            return;
          }
          written[name] += piece.toString("utf8");
          done();
        },
      }),
      { isTTY, columns: options.columns ?? 80 },
    );
  const app: App = {
    env: options.env ?? {},
    cwd: process.cwd(),
    pid: process.pid,
    uid: process.getuid?.(),
    stdin: Object.assign(Readable.from([]), { isTTY: false }),
    stdout: stream("stdout", options.stdoutIsTty ?? false),
    stderr: stream("stderr", options.stderrIsTty ?? false),
    clock: options.clock ?? fakeClock(),
    chance: () => 0.5,
    onSignal(signal, heard) {
      const set = listeners.get(signal) ?? new Set();
      listeners.set(signal, set.add(heard));
      return () => set.delete(heard);
    },
    onUncaught: () => () => {},
    onEnd(heard) {
      whenEnding.add(heard);
      return () => whenEnding.delete(heard);
    },
    exitNow(code): never {
      exits.push(code);
      throw new Error(`exit ${code}`);
    },
  };
  const globals: Globals = { color: "auto", input: true, quiet: false, ...options.globals };
  return {
    end() {
      for (const heard of whenEnding) heard();
    },
    app,
    context: { app, globals },
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    exits,
    send(signal) {
      for (const heard of listeners.get(signal) ?? []) heard();
    },
  };
}
