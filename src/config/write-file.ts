import { basename, dirname } from "node:path";
import type { JsonObject } from "../core/json.ts";
import { type Staged, stage } from "../files/replace.ts";

/**
 * Stages a JSON object, spelled as in `text`, as the content of a file of the configuration.
 *
 * The writing is done by the package conf. What stands around it makes up for what conf does not do:
 * - a short write (full disk) is no error to it, and it would put the truncated file in the place of the good one: here
 *   it writes a new file, which takes the place of the old one only when it was read back whole (`files/replace.ts`);
 * - it makes files that all can read: here 0600, or the mode and owner the file has already;
 * - it dies of a broken file without a word about where, or clears it: here it gets to see none, and `parse-json.ts`
 *   reads;
 * - it takes `a.b` for a path: here it gets whole objects only;
 * - it replaces a symbolic link that leads to no file yet: here the file the link means is written;
 * - it knows no lock: the caller holds one (`files/lock.ts`).
 */
export function stageJson(file: string, value: JsonObject, text = formatJson(value)): Promise<Staged> {
  return stage(file, text, async (fresh) => {
    const { default: Conf } = await import("conf");
    const store = new Conf({
      cwd: dirname(fresh),
      configName: basename(fresh),
      fileExtension: "",
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: false,
      serialize: () => text,
      deserialize: () => ({}),
    });
    store.store = { ...value };
  });
}

/** JSON as nexus writes it: two spaces, a newline at the end. */
export function formatJson(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
