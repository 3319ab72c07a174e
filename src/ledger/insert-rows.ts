import type { Database, Value } from "../database/open.ts";

/** How a column is read from what is written. */
type Columns<T> = Readonly<Record<string, (item: T) => Value>>;

/** Writes these as rows of one table; for use in a transaction. */
export type InsertRows<T> = (database: Database, items: readonly T[]) => void;

/** Rows that are alike in their shared columns. */
interface Group<T> {
  readonly values: readonly Value[];
  readonly items: T[];
}

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
  /** Nearly all are like the one before them. */
  const alike = (items: readonly T[]): readonly Group<T>[] => {
    const groups: Group<T>[] = [];
    let last: Group<T> | undefined;
    for (const item of items) {
      if (last === undefined || !isAlike(item, last.values)) {
        last = groups.find(({ values }) => isAlike(item, values));
        if (last === undefined) {
          last = { values: readShared.map((read) => read(item)), items: [] };
          groups.push(last);
        }
      }
      last.items.push(item);
    }
    return groups;
  };

  return (database, items) => {
    for (const group of alike(items)) {
      let written = 0;
      for (const size of SIZES) {
        while (group.items.length - written >= size) {
          const values = [...group.values];
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
