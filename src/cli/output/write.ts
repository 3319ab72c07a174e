import { fstatSync, writeSync } from "node:fs";
import { Problem } from "../../core/problem.ts";
import type { App, OutStream } from "../app.ts";

/** How a write to standard output ended. `closed`: its reader went away, as `head` does; that is no error. */
export type Written = "written" | "closed";

/** Errors that mean that the reader went away, or that the stream was ended because it had. */
const GONE: ReadonlySet<string> = new Set([
  "EPIPE",
  "ECONNRESET",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
]);

/**
 * Writes to standard output and resolves when the text has left the process, so that a slow reader slows the writer.
 * Throws a `Problem` of kind `io` when it cannot be written (a full disk).
 */
export async function writeOut(stdout: OutStream, text: string): Promise<Written> {
  const error = await writeAll(stdout, text);
  if (error === undefined) return "written";
  const code = codeOf(error);
  if (code !== undefined && GONE.has(code)) return "closed";
  throw new Problem("io", "stdout_write_failed", `cannot write to standard output: ${explain(error)}`);
}

/** What is written to standard error: text, or what makes it when it is written. */
type Line = string | (() => string);

/** Writes to standard error. Nobody can be told when that fails, so it is let go. */
export function writeErr(stderr: OutStream, line: Line): void {
  const gather = gathering.get(stderr);
  if (gather !== undefined) {
    gather(line);
    return;
  }
  listen(stderr);
  if (!stderr.destroyed) stderr.write(textOf(line));
}

/** Who takes what is to be written to a stream. */
const gathering = new WeakMap<OutStream, (line: Line) => void>();

/** Milliseconds that a line waits for others: nobody who reads along sees that. */
const GATHER_MS = 20;

/** Lines that are written at once when so many have come together. */
const MOST_GATHERED = 64;

/**
 * Gathers what `writeErr` writes, for some milliseconds: each write is a system call, which costs more than the line, and
 * lines that are made one after the other take a fraction of the time. On a terminal somebody is watching, and nothing is
 * gathered. What waits is written before the process ends, and when the returned function is called, which puts an end to
 * this.
 */
export function gatherErr({ stderr, clock, onEnd }: Pick<App, "stderr" | "clock" | "onEnd">): () => void {
  if (stderr.isTTY) return () => {};
  let waiting: Line[] = [];
  let cancel: (() => void) | undefined;
  const flush = () => {
    cancel?.();
    cancel = undefined;
    const lines = waiting;
    waiting = [];
    if (lines.length > 0 && !stderr.destroyed) stderr.write(lines.map(textOf).join(""));
  };
  listen(stderr);
  gathering.set(stderr, (line) => {
    waiting.push(line);
    if (waiting.length >= MOST_GATHERED) flush();
    else cancel ??= clock.after(GATHER_MS, flush);
  });
  const forget = onEnd(flush);
  return () => {
    forget();
    gathering.delete(stderr);
    flush();
  };
}

function textOf(line: Line): string {
  return typeof line === "string" ? line : line();
}

function writeAll(stream: OutStream, text: string): Promise<Error | undefined> {
  const file = fileOf(stream);
  if (file !== undefined) return Promise.resolve(writeFile(file, text));
  listen(stream);
  return new Promise((resolve) => stream.write(text, (error) => resolve(error ?? undefined)));
}

/** Node's stream for files writes once and ignores a short write, which is what a disk that fills up gives. */
function writeFile(fd: number, text: string): Error | undefined {
  const bytes = Buffer.from(text);
  try {
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(fd, bytes, sent);
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** The descriptor, when the stream is a regular file. */
function fileOf(stream: object): number | undefined {
  if (!files.has(stream)) files.set(stream, findFile(stream));
  return files.get(stream);
}

/** Asked once a stream: an answer is written in many pieces. */
const files = new WeakMap<object, number | undefined>();

function findFile(stream: object): number | undefined {
  if (!("fd" in stream) || typeof stream.fd !== "number") return undefined;
  try {
    return fstatSync(stream.fd).isFile() ? stream.fd : undefined;
  } catch {
    return undefined;
  }
}

/** Without a listener a failed write ends the process with a stack; the write's own callback tells of it already. */
function listen(stream: OutStream): void {
  if (stream.listenerCount("error") === 0) stream.on("error", () => {});
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function explain(error: Error): string {
  const known: Readonly<Record<string, string>> = {
    ENOSPC: "no space left on the device",
    EFBIG: "the file has reached its size limit",
    EIO: "input/output error",
  };
  const code = codeOf(error);
  return code === undefined ? error.message : `${known[code] ?? error.message} (${code})`;
}
