import type { Database, Value } from "../database/open.ts";
import { groupAlike } from "./alike.ts";

/** How a column is read from what is written. */
type Columns<T> = Readonly<Record<string, (item: T) => Value>>;

/** Writes these as rows of one table; for use in a transaction. */
export type InsertRows<T> = (database: Database, items: readonly T[]) => void;

/** How many rows one statement writes, most first. Few sizes, since each statement is prepared once and kept. */
const SIZES = [16, 4, 1];

/**
 * Knows how to write rows of a table. Handing a value to the driver costs as much as storing it: rows that are alike in all
 * `shared` columns are written together, and those values handed over once.
 */
export function rowsInto<T>(
  table: string,
  { own, shared }: { readonly own: Columns<T>; readonly shared: Columns<T> },
): InsertRows<T> {
  const names = [...Object.keys(shared), ...Object.keys(own)].join(", ");
  const [readOwn, readShared] = [Object.values(own), Object.values(shared)];
  const statements = new Map<number, string>();

  const statementOf = (size: number): string => {
    const known = statements.get(size) ?? `INSERT INTO ${table} (${names}) VALUES ${places(size)}`;
    statements.set(size, known);
    return known;
  };
  /** The shared values have the first numbers, in every row. */
  const places = (size: number): string => {
    const row = (number: number) => {
      const first = readShared.length + number * readOwn.length + 1;
      return [...readShared.map((_, i) => `?${i + 1}`), ...readOwn.map((_, i) => `?${first + i}`)];
    };
    return Array.from({ length: size }, (_, number) => `(${row(number)})`).join(", ");
  };
  const isAlike = (item: T, values: readonly Value[]) => {
    for (let column = 0; column < readShared.length; column += 1) {
      if (readShared[column]?.(item) !== values[column]) return false;
    }
    return true;
  };
  const valuesOf = (item: T): readonly Value[] => readShared.map((read) => read(item));

  return (database, items) => {
    for (const group of groupAlike(items, isAlike, valuesOf)) {
      let written = 0;
      for (const size of SIZES) {
        while (group.items.length - written >= size) {
          const values = [...group.key];
          for (const end = written + size; written < end; written += 1) {
            const item = group.items[written];
            if (item !== undefined) for (const read of readOwn) values.push(read(item));
          }
          database.run(statementOf(size), ...values);
        }
      }
    }
  };
}
