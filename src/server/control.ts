import { createServer, type Socket } from "node:net";
import type { Question } from "../control/ask.ts";
import { isObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";

/** What the server does for its user. Each may throw a `Problem`. */
export type Commands = Readonly<Record<Question["command"], (name: string | undefined) => Promise<unknown>>>;

/** Longest question, in characters. */
const MAX_QUESTION = 4_096;

/** Milliseconds a connection may be silent. */
const SILENCE_MS = 5_000;

/** Listens on a socket for questions of one line of JSON each. Throws what the system says when it cannot. */
export async function listenForCommands(
  socket: string,
  commands: Commands,
  bug: (error: unknown) => void,
): Promise<{ close(): Promise<void> }> {
  const open = new Set<Socket>();
  const listener = createServer({ allowHalfOpen: true }, (connection) => {
    open.add(connection);
    let line = "";
    let asked = false;
    connection.setEncoding("utf8").setTimeout(SILENCE_MS, () => connection.destroy());
    connection.on("error", () => connection.destroy());
    connection.once("close", () => open.delete(connection));
    connection.on("data", (piece: string) => {
      line += piece;
      if (line.length > MAX_QUESTION) connection.destroy();
      if (asked || !line.includes("\n")) return;
      asked = true;
      void answer(line, commands, bug).then((said) => connection.end(`${JSON.stringify(said)}\n`));
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

async function answer(line: string, commands: Commands, bug: (error: unknown) => void): Promise<object> {
  try {
    const question: unknown = JSON.parse(line);
    const { command, name } = isObject(question) ? question : {};
    const run = Object.entries(commands).find(([known]) => known === command)?.[1];
    if (run === undefined) throw new Problem("usage", "unknown_command", "the server knows no such command");
    return { value: (await run(typeof name === "string" ? name : undefined)) ?? null };
  } catch (error) {
    if (error instanceof Problem) {
      const { kind, code, message, hint } = error;
      return { problem: { kind, code, message, hint } };
    }
    if (!(error instanceof SyntaxError)) bug(error);
    return { problem: { kind: "io", code: "internal_error", message: "that could not be done" } };
  }
}
