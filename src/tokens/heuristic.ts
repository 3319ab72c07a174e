/** Characters of an average token of English text or code. */
const CHARACTERS_PER_TOKEN = 4;

/** A guess at the tokens of a text: for models whose tokenizer nobody publishes, and for texts too long to count. */
export function guessTokens(text: string): number {
  // Scripts outside Latin take about one token a character.
  const dense = text.length > 65_536 ? 0 : (text.match(/[\u2E80-\uD7FF\uF900-\uFAFF]/gu)?.length ?? 0);
  return Math.ceil((text.length - dense) / CHARACTERS_PER_TOKEN + dense);
}
