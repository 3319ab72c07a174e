import { fstatSync } from "node:fs";
import type { Readable } from "node:stream";
import { isatty } from "node:tty";
import type { Clock } from "../../core/clock.ts";
import { Problem } from "../../core/problem.ts";

/** What standard input is: it decides whether and how long it is read. `none`: a device, or closed. */
export type StdinKind = "terminal" | "file" | "pipe" | "socket" | "none";

/** A text on standard input. */
export interface StdinSource {
  readonly kind: StdinKind;
  readonly stream: Readable;
}

/** How to read it. */
export interface StdinRules {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Says something to the person who may be waiting for nothing. */
  readonly say: (text: string) => void;
  /** Milliseconds to wait for the first byte; undefined: wait to the end. */
  readonly firstByteMs?: number;
}

/** Most that is read, in bytes. */
const CAP = 32 * 1024 * 1024;
/** After this long a note says what is waited for, in milliseconds. */
const NOTE_MS = 2_000;

/** What descriptor 0 is. Node puts `/dev/null` where it was closed. */
export function stdinKind(): StdinKind {
  if (isatty(0)) return "terminal";
  try {
    const stats = fstatSync(0);
    if (stats.isFile()) return "file";
    if (stats.isFIFO()) return "pipe";
    return stats.isSocket() ? "socket" : "none";
  } catch {
    return "none";
  }
}

/**
 * Reads standard input to its end. Undefined: the signal aborted, or no byte came in the time there was for the first.
 * Leaves nothing behind that keeps the process alive. Throws `Problem` (input) for more than 32 MiB.
 */
export function readBytes(stream: Readable, rules: StdinRules): Promise<Buffer | undefined> {
  const { clock, signal, say, firstByteMs } = rules;
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const cancels = [clock.after(NOTE_MS, () => say("waiting for stdin; -n to skip"))];
    const settle = (end: () => void): void => {
      for (const cancel of cancels) cancel();
      signal.removeEventListener("abort", give);
      stream.off("data", take).off("end", finish).off("error", fail).pause();
      if ("unref" in stream && typeof stream.unref === "function") stream.unref();
      end();
    };
    const give = (): void => settle(() => resolve(undefined));
    const finish = (): void => settle(() => resolve(Buffer.concat(pieces)));
    const fail = (error: Error): void => settle(() => reject(unreadable(error)));
    const take = (piece: Buffer | string): void => {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      pieces.push(bytes);
      size += bytes.length;
      if (size > CAP) settle(() => reject(tooMuch()));
    };
    if (firstByteMs !== undefined) {
      cancels.push(
        clock.after(firstByteMs, () => {
          if (size > 0) return;
          say("nothing came on stdin, going on without it");
          give();
        }),
      );
    }
    signal.addEventListener("abort", give, { once: true });
    if (signal.aborted) return give();
    stream.on("data", take).on("end", finish).on("error", fail);
  });
}

function tooMuch(): Problem {
  return new Problem("input", "stdin_too_big", "stdin: more than 32 MiB", "give less text");
}

function unreadable(error: Error): Problem {
  return new Problem("input", "stdin_unreadable", `stdin: cannot be read: ${error.message}`);
}
