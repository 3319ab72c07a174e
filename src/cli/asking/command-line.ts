/** A command line that a shell takes apart into exactly these words again. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A flag with each of its values: `--set a=1 --set b=2`. Undefined: none. */
export function flag(
  name: string,
  value: string | number | readonly string[] | undefined,
): readonly string[] {
  if (value === undefined) return [];
  const values = typeof value === "object" ? value : [String(value)];
  return values.flatMap((each) => (each.startsWith("-") ? [`${name}=${each}`] : [name, each]));
}
