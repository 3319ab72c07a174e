import { readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "../..");

/** A file of the project by its path from the root. */
export function projectFile(name: string): string {
  return path.join(ROOT, name);
}

/**
 * A page with the text between `<!-- generated: NAME -->` and `<!-- end -->` made anew for each name. The page has to have
 * exactly the sections that are given: a table that nobody prints would be as good as lost.
 */
export function fillPage(name: string, sections: Readonly<Record<string, string>>): string {
  const page = readFileSync(projectFile(name), "utf8");
  const filled = new Set<string>();
  const text = page.replace(
    /(<!-- generated: (\S+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_all, open: string, section: string, close: string) => {
      const content = sections[section];
      if (content === undefined) throw new Error(`${name}: nothing generates the section ${section}`);
      filled.add(section);
      return `${open}\n${content.trim()}\n\n${close}`;
    },
  );
  const missing = Object.keys(sections).filter((section) => !filled.has(section));
  if (missing.length > 0) throw new Error(`${name}: no place for the section ${missing.join(", ")}`);
  return text;
}

/** A Markdown table. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
