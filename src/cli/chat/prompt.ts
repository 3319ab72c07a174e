import { Problem } from "../../core/problem.ts";
import { plainText } from "./plain-text.ts";
import { readBytes, type StdinRules, type StdinSource } from "./stdin.ts";

/** Milliseconds a socket has for its first byte: parent programs leave one open and never write to it. */
const SOCKET_MS = 500;

/** What the prompt is made from. */
export interface PromptSource {
  /** Words of the command line; `-` as the first or last of them stands for standard input. */
  readonly words: readonly string[];
  /** `-n`: never read standard input. */
  readonly skipStdin: boolean;
  /** False: an empty prompt will do, nothing is sent. */
  readonly required: boolean;
  /** Opens standard input; called only when it is to be looked at. */
  readonly stdin: () => StdinSource;
}

/**
 * The prompt: standard input, a blank line, then the words. Undefined when the signal aborted. Throws `Problem`: usage when
 * there is no prompt, input when standard input is not text.
 */
export async function readPrompt(source: PromptSource, rules: StdinRules): Promise<string | undefined> {
  // Between other words it is a word: "what is 3 - 2".
  const ends = new Set([0, source.words.length - 1]);
  const isStdin = (word: string, at: number) => word === "-" && ends.has(at);
  const asked = source.words.some(isStdin);
  const words = source.words.filter((word, at) => !isStdin(word, at)).join(" ");
  if (asked && source.skipStdin) {
    throw new Problem(
      "usage",
      "usage",
      "- reads standard input, and --no-stdin forbids it",
      "give one of them",
    );
  }
  const piped = source.skipStdin ? "" : await readStdin(asked, words !== "", source, rules);
  if (rules.signal.aborted || piped === undefined) return undefined;
  const prompt = [piped, words].filter((text) => text.trim() !== "").join("\n\n");
  if (prompt === "" && source.required) throw noPrompt();
  return prompt;
}

async function readStdin(
  asked: boolean,
  hasWords: boolean,
  { stdin, required }: PromptSource,
  rules: StdinRules,
): Promise<string | undefined> {
  const { kind, stream } = stdin();
  const needed = asked || (!hasWords && required);
  if (kind === "none" && !asked) return "";
  if (kind === "terminal" && !asked) {
    if (hasWords || !required) return "";
    throw noPrompt();
  }
  const patient = needed || kind !== "socket";
  const bytes = await readBytes(stream, patient ? rules : { ...rules, firstByteMs: SOCKET_MS });
  if (bytes === undefined) return rules.signal.aborted ? undefined : "";
  return plainText(bytes, "stdin").replace(/\r?\n$/, "");
}

function noPrompt(): Problem {
  return new Problem(
    "usage",
    "no_prompt",
    "there is no prompt",
    'for example: nexus chat "Why is the sky blue?", or: git diff | nexus chat "Explain this"',
  );
}
