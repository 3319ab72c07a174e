import type { Row } from "./open.ts";

/** A column's text; undefined for NULL, and for a column of another kind. */
export function textOf(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === "string" ? value : undefined;
}

/** A column's number; undefined for NULL, and for a column of another kind. */
export function numberOf(row: Row, column: string): number | undefined {
  const value = row[column];
  return typeof value === "number" ? value : undefined;
}

/** A column of a sum or count, which always holds a number. */
export function countOf(row: Row, column: string): number {
  return numberOf(row, column) ?? 0;
}
