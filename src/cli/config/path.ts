import { resolvePaths } from "../../config/paths.ts";
import type { CommandContext } from "../app.ts";
import type { JsonFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { print, printJson } from "../output/print.ts";

/** `config path`. */
export async function printPath(context: CommandContext, { json }: JsonFlag): Promise<number> {
  const { app, globals } = context;
  const { configDir, configFile, profilesDir, stateDir } = resolvePaths(globals, app.env);
  if (json) {
    await printJson(app, {
      config_dir: configDir,
      config_file: configFile,
      profiles_dir: profilesDir,
      state_dir: stateDir,
    });
  } else {
    await print(app, `${configFile}\n`);
  }
  return EXIT.ok;
}
