/** What was typed so far, and whether more belongs to it. */
export interface Assembled {
  readonly text: string;
  readonly complete: boolean;
}

const FENCE = '"""';

/**
 * Puts the lines of one input together: a line that ends with a backslash goes on on the next one, and from a line that begins
 * with `"""` everything belongs to it until a line that ends with `"""`.
 */
export function assemble(lines: readonly string[]): Assembled {
  const [first = ""] = lines;
  if (first.trimStart().startsWith(FENCE)) return fenced(lines);
  const last = lines.at(-1) ?? "";
  return {
    text: lines.map((line, at) => (at === lines.length - 1 ? line : withoutBackslash(line))).join("\n"),
    complete: !last.endsWith("\\"),
  };
}

function fenced(lines: readonly string[]): Assembled {
  const whole = lines.join("\n").trimStart().slice(FENCE.length);
  const end = whole.trimEnd();
  if (!end.endsWith(FENCE)) return { text: whole, complete: false };
  return { text: end.slice(0, -FENCE.length).replace(/^\n|\n$/g, ""), complete: true };
}

function withoutBackslash(line: string): string {
  return line.endsWith("\\") ? line.slice(0, -1) : line;
}

/** The last entry that holds `part`, before the one at `from`; its place and text. */
export function searchBack(
  history: readonly string[],
  part: string,
  from: number,
): { readonly at: number; readonly text: string } | undefined {
  // The newest stands first, as Node's readline keeps them.
  const at = history.findIndex((entry, index) => index > from && entry.includes(part));
  const text = history[at];
  return text === undefined ? undefined : { at, text };
}
