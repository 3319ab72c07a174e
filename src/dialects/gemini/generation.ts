/** The generation of a Gemini model (`gemini-2.5-flash` is 2.5); 0 for a name that tells none. */
export function generationOf(model: string): number {
  return Number(/gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? 0);
}
