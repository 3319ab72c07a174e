import { wrap } from "./wrap.ts";

/** The name of a thing, and room, before what is said of it. */
const ITEM = /^(?<name> {2,}\S+(?: \S+)*? {2,})(?<text>\S.*)$/;

/** Narrowest column of text beside a name; where there is less room it stands below, indented. */
const NARROWEST = 20;
const BELOW = "      ";

/**
 * A help text in lines of at most `width` characters, broken between words: paragraphs, and what is said of named things. Examples
 * stay as they are: they are there to be copied.
 */
export function reflow(text: string, width: number): string {
  const lines: string[] = [];
  let paragraph: string[] = [];
  let examples = false;
  const close = (): void => {
    const long = paragraph.some((line) => line.length > width);
    lines.push(...(long ? wrap(paragraph.join(" "), width) : paragraph));
    paragraph = [];
  };
  for (const line of text.split("\n")) {
    if (/^\S/.test(line)) {
      examples = /^Examples?:$/.test(line);
      paragraph.push(line);
      // A sentence that ends with its line ends what is broken anew.
      if (/[.:]$/.test(line)) close();
      continue;
    }
    close();
    const { name, text: said } = (!examples && line.length > width && ITEM.exec(line)?.groups) || {};
    if (name === undefined || said === undefined) lines.push(line);
    else if (width - name.length < NARROWEST) {
      lines.push(name.trimEnd(), ...wrap(said, width - BELOW.length).map((each) => BELOW + each));
    } else {
      const [first = "", ...rest] = wrap(said, width - name.length);
      lines.push(name + first, ...rest.map((each) => " ".repeat(name.length) + each));
    }
  }
  close();
  return lines.join("\n");
}
