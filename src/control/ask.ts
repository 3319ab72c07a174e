import { connect } from "node:net";
import { isObject } from "../core/json.ts";
import { Problem, type ProblemKind } from "../core/problem.ts";

/** What a running server can be asked over its socket: one line of JSON; so is its answer. */
export interface Question {
  readonly command: "status" | "drain" | "resume" | "reset";
  /** Name of a backend. */
  readonly name?: string;
}

/** Milliseconds without a word from a server after which it counts as stuck. */
const SILENCE_MS = 5_000;

/**
 * Asks the server behind a socket. Undefined when nobody listens there. Throws the `Problem` that the server tells, and one
 * of kind `io` when it does not answer.
 */
export async function askServer(socket: string, question: Question): Promise<{ value: unknown } | undefined> {
  const line = await exchange(socket, `${JSON.stringify(question)}\n`);
  if (line === undefined) return undefined;
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch {
    answer = undefined;
  }
  if (isObject(answer) && "value" in answer) return { value: answer["value"] };
  throw problemIn(answer);
}

function exchange(socket: string, line: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    let text = "";
    connection.setEncoding("utf8").setTimeout(SILENCE_MS);
    connection.once("connect", () => connection.end(line));
    connection.on("data", (piece: string) => {
      text += piece;
    });
    connection.once("end", () => resolve(text));
    connection.once("timeout", () => connection.destroy(noAnswer("it is stuck")));
    connection.once("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      if (["ENOENT", "ECONNREFUSED", "ENOTSOCK"].includes(code)) resolve(undefined);
      else reject(error instanceof Problem ? error : noAnswer(code));
    });
    connection.once("close", () => resolve(text));
  });
}

const KINDS = ["usage", "input", "config", "not-found"] as const satisfies readonly ProblemKind[];

function problemIn(answer: unknown): Problem {
  const told = isObject(answer) && isObject(answer["problem"]) ? answer["problem"] : {};
  const { code, message, hint } = told;
  const kind = KINDS.find((known) => known === told["kind"]);
  if (typeof code !== "string" || typeof message !== "string") return noAnswer("what it says makes no sense");
  return new Problem(kind ?? "io", code, message, typeof hint === "string" ? hint : undefined);
}

function noAnswer(why: string): Problem {
  return new Problem("io", "server_silent", `the running server does not answer: ${why}`);
}
