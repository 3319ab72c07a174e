import { parseObject, readText } from "../../config/parse-json.ts";
import { resolvePaths } from "../../config/paths.ts";
import { replaceConfigText } from "../../config/store.ts";
import type { CommandContext } from "../app.ts";
import { editText } from "../asking/editor.ts";
import { EXIT } from "../exit-codes.ts";
import { note, warn } from "../output/print.ts";

/** `config edit`: also the way to mend a broken file. */
export async function editConfig(context: CommandContext): Promise<number> {
  const paths = resolvePaths(context.globals, context.app.env);
  const { configFile } = paths;
  const before = await readText(configFile);
  let warnings: readonly string[] = [];
  const changed = await editText(context, configFile, before ?? "{}\n", async (text) => {
    const value = await parseObject(text, configFile);
    warnings = await replaceConfigText(paths, { before, text, value });
  });
  for (const text of warnings) warn(context, text);
  note(context, changed ? `saved ${configFile}` : "nothing was changed");
  return EXIT.ok;
}
