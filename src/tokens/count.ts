import type { Tiktoken } from "js-tiktoken/lite";
import type { ChatRequest } from "../core/chat.ts";
import { guessPrompt, overheadOf, textsOf } from "./heuristic.ts";

/** Longer texts are guessed: counting must not hold the event loop. */
const MAX_EXACT_CHARACTERS = 65_536;
/** Longer runs without a break make the tokenizer slow out of proportion, so they are counted in pieces. */
const MAX_RUN = 64;

/** A count, and whether it is the tokenizer's own. */
export interface Count {
  readonly tokens: number;
  readonly exact: boolean;
}

/**
 * Counts a request's prompt as `model` would: with the tokenizer for OpenAI models, guessed for all others. Tokenizer
 * tables are loaded on first use. Images are not counted.
 */
export async function countTokens(request: ChatRequest, model: string): Promise<Count> {
  const texts = textsOf(request);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  const encoding = encodingOf(model);
  if (encoding === undefined || length > MAX_EXACT_CHARACTERS) {
    return { tokens: guessPrompt(request), exact: false };
  }
  const tokenizer = await load(encoding);
  let exact = true;
  let tokens = overheadOf(request);
  for (const text of texts) {
    const pieces = breakRuns(text);
    exact &&= pieces.length <= 1;
    for (const piece of pieces) tokens += tokenizer.encode(piece, [], []).length;
  }
  return { tokens, exact };
}

type Encoding = "o200k_base" | "cl100k_base";

/** The tokenizer of an OpenAI model, by its name; undefined for models of others. */
export function encodingOf(model: string): Encoding | undefined {
  const name = model.replace(/^openai\//, "");
  if (/^(gpt-4o|chatgpt-4o|gpt-4\.[15]|gpt-5|gpt-oss|o[134](-|$))/.test(name)) return "o200k_base";
  if (/^(gpt-4|gpt-3\.5|text-embedding-)/.test(name)) return "cl100k_base";
  return undefined;
}

const loaded = new Map<Encoding, Promise<Tiktoken>>();

function load(encoding: Encoding): Promise<Tiktoken> {
  let tokenizer = loaded.get(encoding);
  if (tokenizer === undefined) {
    tokenizer = loadRanks(encoding);
    loaded.set(encoding, tokenizer);
  }
  return tokenizer;
}

async function loadRanks(encoding: Encoding): Promise<Tiktoken> {
  const [{ Tiktoken: Tokenizer }, ranks] = await Promise.all([
    import("js-tiktoken/lite"),
    encoding === "o200k_base"
      ? import("js-tiktoken/ranks/o200k_base")
      : import("js-tiktoken/ranks/cl100k_base"),
  ]);
  return new Tokenizer(ranks.default);
}

/** The text in one piece, or cut inside every run without white space that is longer than the tokenizer can bear. */
export function breakRuns(text: string): readonly string[] {
  return text.match(new RegExp(`[\\s\\S]*?\\S{${MAX_RUN}}(?=\\S)|[\\s\\S]+$`, "g")) ?? [];
}
