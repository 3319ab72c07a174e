import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";
import { writeFailed } from "../files/file-problem.ts";
import { withLock } from "../files/lock.ts";
import { replaceFile } from "../files/replace.ts";
import { readObject, readText } from "./parse-json.ts";
import type { Paths } from "./paths.ts";
import { checkConfig } from "./validate.ts";
import { formatJson, stageJson } from "./write-file.ts";

/** One file to be written, or deleted where there is no value. `text` is its spelling, nexus's own unless given. */
export interface FileChange {
  readonly file: string;
  readonly value: JsonObject | undefined;
  readonly text?: string;
}

/** Runs `work` as the only process that changes this configuration: `config.json` and the profiles have one lock. */
export function lockConfig<T>({ configDir, configFile }: Paths, work: () => Promise<T>): Promise<T> {
  return withLock({ path: join(configDir, ".lock"), file: configFile }, work);
}

/**
 * Changes `config.json`: reads it under the lock, checks what `change` made of it, writes it. Nothing is written when
 * the result is what was there or is not valid (a `Problem`), or when the file there is broken.
 */
export async function updateConfig(paths: Paths, change: (current: JsonObject) => JsonObject): Promise<void> {
  await lockConfig(paths, async () => {
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
  await lockConfig(paths, async () => {
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

/**
 * Makes all changes or none, in this order, so that whoever is killed half-way leaves a beginning of them. All that needs
 * room on the disk is done before the first file is touched. The caller holds the lock.
 */
export async function applyChanges(changes: readonly FileChange[]): Promise<void> {
  const steps: Step[] = [];
  const done: Step[] = [];
  try {
    for (const change of changes) steps.push(await prepare(change));
    for (const step of steps) {
      await step.commit();
      done.unshift(step);
    }
  } catch (error) {
    const stuck: string[] = [];
    for (const { file, undo } of done) await undo().catch(() => stuck.push(file));
    throw stuck.length === 0 ? error : partlyChanged(error, stuck);
  } finally {
    for (const step of steps) await step.discard();
  }
}

interface Step {
  readonly file: string;
  commit(): Promise<void>;
  discard(): Promise<void>;
  undo(): Promise<void>;
}

async function prepare({ file, value, text }: FileChange): Promise<Step> {
  const before = await readText(file);
  const staged = value === undefined ? deletion(file) : await stageJson(file, value, text);
  return { file, ...staged, undo: () => (before === undefined ? remove(file) : replaceFile(file, before)) };
}

/** Of what was changed before the failure, some could not be taken back. */
function partlyChanged(error: unknown, files: readonly string[]): unknown {
  if (!(error instanceof Problem)) return error;
  const hint = `changed already, and could not be taken back: ${files.join(", ")}; \`nexus profile check\` shows what is left to do`;
  return new Problem(error.kind, error.code, error.message, hint);
}

function deletion(file: string) {
  return { commit: () => remove(file), discard: async () => {} };
}

async function remove(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw writeFailed(file, error);
  }
}
