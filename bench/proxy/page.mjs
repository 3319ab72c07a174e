import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describeResult } from "./report.mjs";

const PAGE = path.join(import.meta.dirname, "../../docs/performance.md");

/** Puts the tables of a run into docs/performance.md, where each has its place; the words around them stay. */
export function writePage({ place, command, results }) {
  const page = readFileSync(PAGE, "utf8");
  const told = (result) => `${describeResult(result)}\n\`${command}\` on ${place}.`;
  writeFileSync(PAGE, fillPage(page, new Map(results.map((result) => [result.name, told(result)]))));
}

/**
 * A page with what stands between `<!-- measured: NAME -->` and `<!-- end -->` made anew for each name. Throws when a name
 * has no place there.
 */
export function fillPage(page, sections) {
  let filled = page;
  for (const [name, text] of sections) {
    const place = new RegExp(`(<!-- measured: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!place.test(filled)) throw new Error(`docs/performance.md has no place for ${name}`);
    filled = filled.replace(place, (_all, open, close) => `${open}\n${text.trim()}\n\n${close}`);
  }
  return filled;
}
