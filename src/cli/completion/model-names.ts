import { rename, rm, writeFile } from "node:fs/promises";
import { isObject } from "../../core/json.ts";
import type { StateStore } from "../../core/ports.ts";
import { withSoon } from "../../core/soon.ts";
import { LISTS } from "../../registry/cached-lists.ts";
import { idsOf, namesFile } from "./names-file.ts";

/**
 * A store that keeps the names of all listed models in a plain file too, one a line: who completes a word has no time to
 * open a database. A file that cannot be written is no file; the names are in the store.
 */
export function withNamesFile(store: StateStore, stateDir: string, pid: number): StateStore {
  const file = namesFile(stateDir);
  const write = async (): Promise<void> => {
    const { entries } = await store.read({ prefix: LISTS });
    const ids = [...entries.values()].flatMap((list) => (isObject(list) ? idsOf(list["models"]) : []));
    const fresh = `${file}.${pid}.new`;
    try {
      await writeFile(fresh, [...new Set(ids)].map((id) => `${id}\n`).join(""), { mode: 0o600 });
      await rename(fresh, file);
    } catch {
      await rm(fresh, { force: true }).catch(() => {});
    }
  };
  // One after the other: each writes what all of them listed.
  let written = Promise.resolve();
  return {
    read: (keys) => store.read(keys),
    update: (key, fn, how) =>
      key.startsWith(LISTS)
        ? withSoon(store.update(key, fn, how), (now) => {
            written = written.then(write);
            return written.then(() => now);
          })
        : store.update(key, fn, how),
    close: () => store.close(),
  };
}
