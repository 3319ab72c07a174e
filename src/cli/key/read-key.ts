import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { unlessLeft } from "../asking/ask.ts";
import { canAsk } from "../asking/confirm.ts";

/** Longest key anybody hands out, and then some. */
const MAX_CHARACTERS = 16_384;

/** Reads a key: typed unseen on a terminal, else one line from standard input. */
export async function readKey(context: CommandContext, name: string): Promise<string> {
  const { stdin: input } = context.app;
  if (!input.isTTY) return oneLineOf(input);
  if (!canAsk(context)) {
    throw new Problem(
      "usage",
      "no_input",
      "the key has to be typed, and questions are turned off",
      "pipe it in",
    );
  }
  const { password } = await import("@inquirer/prompts");
  return unlessLeft(context.app, (io) => password({ message: `Key for ${name}:`, mask: "*" }, io));
}

async function oneLineOf(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_CHARACTERS)
      throw new Problem("input", "key_invalid", "what came on standard input is no key");
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks).toString("utf8").trim();
  if (text === "") {
    throw new Problem(
      "usage",
      "no_key",
      "no key came on standard input",
      "for example: pass show groq | nexus key set groq",
    );
  }
  if (/[\r\n]/.test(text)) {
    throw new Problem("input", "key_invalid", "standard input has more than one line; a key is one");
  }
  return text;
}
