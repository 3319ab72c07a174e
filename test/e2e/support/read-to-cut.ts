/** What came of an answer's body, up to its end or to where its connection was cut. */
export async function readToCut(
  response: Response,
): Promise<{ readonly text: string; readonly cut: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch {
    return { text, cut: true };
  }
  return { text, cut: false };
}
