/**
 * The generation of a Gemini model (`gemini-2.5-flash` is 2.5). Names that move on (`gemini-flash-latest`) are of the newest; 0 for a name
 * that tells none.
 */
export function generationOf(model: string): number {
  const [, stated] = /gemini-(\d+(?:\.\d+)?)/.exec(model) ?? [];
  if (stated !== undefined) return Number(stated);
  return /gemini-.*latest/.test(model) ? Number.POSITIVE_INFINITY : 0;
}
