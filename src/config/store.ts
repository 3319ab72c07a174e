import { rm } from "node:fs/promises";
import type { JsonObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";
import { writeFailed } from "../files/file-problem.ts";
import { withLock } from "./lock.ts";
import { readObject, readText } from "./parse-json.ts";
import type { Paths } from "./paths.ts";
import { checkConfig } from "./validate.ts";
import { formatJson, replaceFile } from "./write-file.ts";

/** One file to be written, or deleted where there is no value. `text` is its spelling, nexus's own unless given. */
export interface FileChange {
  readonly file: string;
  readonly value: JsonObject | undefined;
  readonly text?: string;
}

/**
 * Changes `config.json`: reads it under the lock, checks what `change` made of it, writes it. Nothing is written when
 * the result is what was there or is not valid (a `Problem`), or when the file there is broken.
 */
export async function updateConfig(paths: Paths, change: (current: JsonObject) => JsonObject): Promise<void> {
  await withLock(paths, async () => {
    const changed = await configChange(paths, change);
    await applyChanges(changed);
  });
}

/**
 * Makes a text a person edited the content of `config.json`, spelled as they did; `before` is what they were shown, and
 * undefined for no file. Returns the warnings. Throws a `Problem` when it is not valid or the file changed meanwhile.
 */
export async function replaceConfigText(
  paths: Paths,
  edited: { before: string | undefined; text: string; value: JsonObject },
): Promise<readonly string[]> {
  const file = paths.configFile;
  const { warnings } = checkConfig(edited.value, file);
  await withLock(paths, async () => {
    if ((await readText(file)) !== edited.before) {
      throw new Problem("config", "config_changed", `${file}: somebody else changed it meanwhile`);
    }
    await applyChanges([{ file, value: edited.value, text: edited.text }]);
  });
  return warnings;
}

/** The change of `config.json` that `updateConfig` would make, for callers who hold the lock and change more files. */
export async function configChange(
  paths: Paths,
  change: (current: JsonObject) => JsonObject,
): Promise<readonly FileChange[]> {
  const current = await readObject(paths.configFile);
  const value = change(current ?? {});
  checkConfig(value, paths.configFile);
  if (formatJson(value) === formatJson(current ?? {})) return [];
  return [{ file: paths.configFile, value }];
}

/** Makes all changes or none: when one fails, those before it are taken back. The caller holds the lock. */
export async function applyChanges(changes: readonly FileChange[]): Promise<void> {
  const undo: FileChange[] = [];
  try {
    for (const change of changes) {
      const before = await readText(change.file);
      await apply(change);
      undo.unshift({
        file: change.file,
        value: before === undefined ? undefined : {},
        ...(before === undefined ? {} : { text: before }),
      });
    }
  } catch (error) {
    for (const change of undo) await apply(change);
    throw error;
  }
}

async function apply({ file, value, text }: FileChange): Promise<void> {
  if (value !== undefined) return replaceFile(file, value, text);
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw writeFailed(file, error);
  }
}
