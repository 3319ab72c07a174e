import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describeResult } from "./report.mjs";

const PAGE = path.join(import.meta.dirname, "../../docs/performance.md");

/** Puts the tables of a result into docs/performance.md, at their place; the words around them stay. */
export function writePage(result, { place, command }) {
  const text = `${describeResult(result)}\n\`${command}\` on ${place}.`;
  writeFileSync(PAGE, fillPage(readFileSync(PAGE, "utf8"), result.name, text));
}

/**
 * A page with what stands between `<!-- measured: NAME -->` and `<!-- end -->` made anew. Throws when the name has no place
 * there.
 */
export function fillPage(page, name, text) {
  const place = new RegExp(`(<!-- measured: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!place.test(page)) throw new Error(`docs/performance.md has no place for ${name}`);
  return page.replace(place, (_all, open, close) => `${open}\n${text.trim()}\n\n${close}`);
}
