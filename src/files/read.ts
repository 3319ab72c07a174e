import { readFile, stat } from "node:fs/promises";
import { Problem } from "../core/problem.ts";
import { readFailed } from "./file-problem.ts";

/**
 * The bytes of one of our own files, undefined when there is none. Throws a `Problem` that names the file when it cannot
 * be read or is no regular file: a pipe in its place would be waited for without end.
 */
export async function readOwnFile(file: string): Promise<Uint8Array | undefined> {
  try {
    const found = await stat(file);
    if (found.isFile()) return await readFile(file);
    const what = found.isDirectory() ? "it is a directory" : "it is not a regular file";
    throw new Problem("config", "file_unreadable", `${file}: cannot be read: ${what}`);
  } catch (error) {
    if (error instanceof Problem) throw error;
    return readFailed(file, error);
  }
}
