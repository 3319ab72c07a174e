import { createServer, type Socket } from "node:net";
import { MAX_QUESTION, type Question, tooLarge } from "../control/ask.ts";
import { isObject, parseJson } from "../core/json.ts";
import { Problem } from "../core/problem.ts";

/** What the server does for its user: gets the question as it came, and word when nobody waits for the answer any more. */
export type Command = (question: Readonly<Record<string, unknown>>, gone: AbortSignal) => Promise<unknown>;

/** Each may throw a `Problem`. */
export type Commands = Readonly<Record<Question["command"], Command>>;

/** Milliseconds a connection may be silent before its question is complete. */
const SILENCE_MS = 5_000;

/** Listens on a socket for questions of one line of JSON each. Throws what the system says when it cannot. */
export async function listenForCommands(
  socket: string,
  commands: Commands,
  bug: (error: unknown) => void,
): Promise<{ close(): Promise<void> }> {
  const open = new Set<Socket>();
  // Who has closed has gone: a question ends with its line, and whoever asks stays until the answer.
  const listener = createServer((connection) => {
    open.add(connection);
    const gone = new AbortController();
    connection.on("error", () => connection.destroy());
    connection.once("close", () => {
      open.delete(connection);
      gone.abort();
    });
    connection.setTimeout(SILENCE_MS, () => connection.destroy());
    hearLine(connection, (line) => {
      connection.setTimeout(0);
      void answer(line, commands, gone.signal, bug).then((said) =>
        connection.end(`${JSON.stringify(said)}\n`),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen(socket, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const connection of open) connection.destroy();
      }),
  };
}

/** Calls with the first line, or with undefined as soon as it is too long. What follows is read and dropped. */
function hearLine(connection: Socket, heard: (line: string | undefined) => void): void {
  const pieces: Buffer[] = [];
  let length = 0;
  let done = false;
  connection.on("data", (piece: Buffer) => {
    if (done) return;
    pieces.push(piece);
    length += piece.length;
    done = length > MAX_QUESTION || piece.includes("\n");
    if (done) heard(length > MAX_QUESTION ? undefined : Buffer.concat(pieces).toString("utf8"));
  });
}

async function answer(
  line: string | undefined,
  commands: Commands,
  gone: AbortSignal,
  bug: (error: unknown) => void,
): Promise<object> {
  try {
    if (line === undefined) throw tooLarge(MAX_QUESTION + 1);
    const parsed = parseJson(line);
    const question = isObject(parsed) ? parsed : {};
    const run = Object.entries(commands).find(([known]) => known === question["command"])?.[1];
    if (run === undefined) throw new Problem("usage", "unknown_command", "the server knows no such command");
    return { value: (await run(question, gone)) ?? null };
  } catch (error) {
    if (error instanceof Problem) {
      const { kind, code, message, hint } = error;
      return { problem: { kind, code, message, hint } };
    }
    bug(error);
    return { problem: { kind: "io", code: "internal_error", message: "that could not be done" } };
  }
}
