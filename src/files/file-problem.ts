import { Problem } from "../core/problem.ts";

/** The system's code of a failed call (`ENOENT`), or undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Undefined when the file does not exist; throws a `Problem` for every other reason that it cannot be read. */
export function readFailed(file: string, error: unknown): undefined {
  const code = systemCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  if (code === undefined) throw error;
  throw new Problem("config", "file_unreadable", `${file}: cannot be read: ${reason(code)}`);
}

/** Turns what the system says about a write into a `Problem`; bugs stay what they are. */
export function writeFailed(file: string, error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof Problem || code === undefined) return error;
  return new Problem(
    "io",
    "file_unwritable",
    `${file}: cannot be written: ${reason(code)}`,
    "nothing was changed",
  );
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EBUSY: "it is in use, or mounted by itself, and cannot be replaced",
  EFBIG: "the file would be too big",
  EISDIR: "it is a directory",
  ENOENT: "a directory above it is missing",
  ENOTDIR: "a part of the path is not a directory",
  EEXIST: "a part of the path is not a directory",
};

function reason(code: string): string {
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return known === undefined ? code : `${known} (${code})`;
}
