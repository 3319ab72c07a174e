/** What can be wrong with a database file without being a bug of ours. */
export type TroubleKind = "corrupt" | "full" | "unwritable" | "busy" | "newer" | "no driver";

/** A database that cannot be used, or not for writing, and why. */
export class DatabaseTrouble extends Error {
  readonly kind: TroubleKind;
  constructor(kind: TroubleKind, message: string) {
    super(message);
    this.name = "DatabaseTrouble";
    this.kind = kind;
  }
}

/** SQLite's primary result codes (sqlite.org/rescode.html) that say something about the file or the machine. */
const TROUBLES: Readonly<Record<number, readonly [TroubleKind, string]>> = {
  3: ["unwritable", "permission denied"],
  5: ["busy", "another process keeps it locked"],
  6: ["busy", "another process keeps it locked"],
  8: ["unwritable", "it is read-only"],
  10: ["unwritable", "reading or writing failed (is the disk full?)"],
  11: ["corrupt", "it is corrupt"],
  13: ["full", "the disk is full"],
  14: ["unwritable", "it cannot be opened"],
  15: ["busy", "the file system cannot lock it"],
  26: ["corrupt", "it is not a database"],
};

/** Another file in its place, or one that lost a part: the statements are tested, so it is not they. */
const WRONG_SHAPE =
  /^no such (?:table|column)|has no column named|^table \S+ (?:has \d+ columns|already exists)|because it is a view|^unsupported file format/;

/** What the driver threw, as trouble; undefined for anything else, which is a bug. */
export function troubleOf(error: unknown): DatabaseTrouble | undefined {
  if (error instanceof DatabaseTrouble) return error;
  if (!(error instanceof Error)) return undefined;
  const code = resultCode(error);
  const known = code === undefined ? undefined : TROUBLES[code & 0xff];
  if (known !== undefined) return new DatabaseTrouble(...known);
  return WRONG_SHAPE.test(error.message) ? new DatabaseTrouble("corrupt", "it is corrupt") : undefined;
}

/** The driver tells a failed opening in words alone: `ConnectionFailed("… <path>: 14")`. */
function resultCode(error: Error): number | undefined {
  if ("rawCode" in error && typeof error.rawCode === "number") return error.rawCode;
  const stated = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message)?.[1];
  return stated === undefined ? undefined : Number(stated);
}
