/** The text of bytes, shown as Latin-1, that are UTF-8. */
export function utf8Of(latin1: string): string {
  // Mostly it is the same.
  return /[\x80-\xff]/.test(latin1) ? Buffer.from(latin1, "latin1").toString("utf8") : latin1;
}
