import { connect } from "node:net";
import type { Zone } from "../core/backend.ts";
import type { ChatRequest } from "../core/chat.ts";
import { isObject, parseJson } from "../core/json.ts";
import { Problem, type ProblemKind } from "../core/problem.ts";

/** What a running server can be asked over its socket: one line of JSON; so is its answer. */
export type Question =
  | { readonly command: "hello" | "status" }
  | { readonly command: "drain" | "resume"; readonly name: string }
  /** Without a name: everything. */
  | { readonly command: "reset"; readonly name?: string }
  /** Without a name: all backends. */
  | { readonly command: "test"; readonly name?: string }
  | ({ readonly command: "explain" } & Wanted);

/** A request of which somebody wants to know where it would go. */
export interface Wanted {
  /** With neither, the default. */
  readonly profile?: string | undefined;
  readonly model?: string | undefined;
  /** Its images may be without data. */
  readonly request: ChatRequest;
  readonly zone?: Zone | undefined;
  readonly minTier?: number | undefined;
  readonly noFallback: boolean;
}

/** Longest question, in bytes: a prompt of 32 MiB and what stands around it. */
export const MAX_QUESTION = 64 * 1024 * 1024;

/** Milliseconds without a word from a server after which it counts as stuck. It may have to ask backends itself. */
const SILENCE_MS: Readonly<Record<Question["command"], number>> = {
  hello: 5_000,
  status: 5_000,
  drain: 5_000,
  resume: 5_000,
  reset: 5_000,
  test: 15_000,
  explain: 15_000,
};

/**
 * Asks the server behind a socket. Undefined when nobody listens there. Throws the `Problem` that the server tells, one of
 * kind `io` when it does not answer, `input` when the question is too large, `interrupted` when the signal aborts.
 */
export async function askServer(
  socket: string,
  question: Question,
  signal?: AbortSignal,
): Promise<{ value: unknown } | undefined> {
  const line = Buffer.from(`${JSON.stringify(question)}\n`);
  if (line.length > MAX_QUESTION) throw tooLarge(line.length);
  const said = await exchange(socket, line, SILENCE_MS[question.command], signal);
  if (said === undefined) return undefined;
  const answer = parseJson(said);
  if (isObject(answer) && "value" in answer) return { value: answer["value"] };
  throw problemIn(answer);
}

/** Says that a question is larger than a server takes it. */
export function tooLarge(bytes: number): Problem {
  const [size, most] = [bytes, MAX_QUESTION].map((count) => Math.ceil(count / 1024 / 1024));
  const message = `the request is too large for the control socket of a server: ${size} MiB, at most ${most}`;
  return new Problem("input", "question_too_large", message, "explain a shorter one");
}

function exchange(
  socket: string,
  line: Buffer,
  silenceMs: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    let text = "";
    const leave = () => connection.destroy(new Problem("interrupted", "interrupted", "interrupted"));
    signal?.addEventListener("abort", leave, { once: true });
    if (signal?.aborted) leave();
    connection.setEncoding("utf8").setTimeout(silenceMs);
    connection.once("connect", () => connection.write(line));
    connection.on("data", (piece: string) => {
      text += piece;
    });
    connection.once("end", () => resolve(text));
    connection.once("timeout", () => connection.destroy(noAnswer("it is stuck")));
    connection.once("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      if (error instanceof Problem) reject(error);
      else if (["ENOENT", "ECONNREFUSED", "ENOTSOCK"].includes(code)) resolve(undefined);
      else reject(noAnswer(code));
    });
    connection.once("close", () => {
      signal?.removeEventListener("abort", leave);
      resolve(text);
    });
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
