import type { ChatRequest, Part } from "../core/chat.ts";

/** Characters of an average token of English text or code. */
const CHARACTERS_PER_TOKEN = 4;
/** Tokens that the chat format adds to each message, as OpenAI's cookbook counts them. */
const PER_MESSAGE = 4;

/** A guess at the tokens of a text: for models whose tokenizer nobody publishes, and for texts too long to count. */
function guessTokens(text: string): number {
  return Math.ceil(weigh(text));
}

/** The same before it is rounded, so that the pieces of a text can be added up. */
export function weigh(text: string): number {
  // Scripts outside Latin take about one token a character.
  const dense = text.length > 65_536 ? 0 : (text.match(/[\u2E80-\uD7FF\uF900-\uFAFF]/gu)?.length ?? 0);
  return (text.length - dense) / CHARACTERS_PER_TOKEN + dense;
}

/** A guess at the tokens of a request's prompt. Images are not counted. */
export function guessPrompt(request: ChatRequest): number {
  return textsOf(request).reduce((sum, text) => sum + guessTokens(text), overheadOf(request));
}

/** Tokens that stand in no text. */
export function overheadOf({ messages }: ChatRequest): number {
  return messages.length * PER_MESSAGE;
}

/** What of a request is counted. */
export function textsOf({ messages, tools }: ChatRequest): readonly string[] {
  const texts = messages.flatMap(({ parts }) => parts.flatMap(textsOfPart));
  return tools.length === 0 ? texts : [...texts, JSON.stringify(tools)];
}

function textsOfPart(part: Part): readonly string[] {
  switch (part.type) {
    case "text":
    case "reasoning":
      return [part.text];
    case "tool-result":
      return part.content.flatMap(textsOfPart);
    case "tool-call":
      return [part.name, part.arguments];
    case "image":
      return [];
  }
}
