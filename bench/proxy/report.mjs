import { verdictOf } from "./verdict.mjs";

const CHECK_COLUMNS = ["nexus", "measured", "floor", "goal", "verdict"];

/**
 * The result of a scenario as Markdown that also reads well on a terminal: its figures, if it has a table of them, and what
 * they are worth.
 */
export function describeResult({ columns, rows, checks }) {
  const verdicts = checks.map((check) => [
    check.what,
    number(check.value),
    number(check.floor),
    check.goal === undefined ? "" : number(check.goal),
    verdictOf(check),
  ]);
  const tables = rows.length === 0 ? [] : [table(columns, rows)];
  return `${[...tables, table(CHECK_COLUMNS, verdicts)].join("\n\n")}\n`;
}

/** Whether every check of the result that was measured holds its floor. */
export function holdsFloors({ checks }) {
  return checks.every((check) => verdictOf(check) !== "MISS");
}

function table(columns, rows) {
  const widths = columns.map((column, i) => Math.max(3, column.length, ...rows.map((row) => row[i].length)));
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(columns), rule, ...rows.map(line)].join("\n");
}

function number(value) {
  if (value === undefined || Number.isNaN(value)) return "";
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) < 0.1 ? 4 : Math.abs(value) < 10 ? 2 : 1);
}
