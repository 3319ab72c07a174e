import { changeProfiles } from "../../config/change-profiles.ts";
import { parseObject } from "../../config/parse-json.ts";
import { loadProfiles } from "../../config/profiles.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { editText } from "../asking/editor.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { openConfiguration } from "../wiring.ts";
import { storedProfile } from "./open.ts";
import { warnOf } from "./write.ts";

/** `profile edit NAME`: also the way to mend a broken profile. */
export async function editProfile(context: CommandContext, [name = ""]: readonly string[]): Promise<number> {
  const configuration = await openConfiguration(context);
  const { paths } = configuration;
  const { file, text: before } = storedProfile(await loadProfiles(paths), name);
  const changed = await editText(context, file, before, async (text) => {
    const document = await parseObject(text, file);
    await changeProfiles(paths, (profiles) => {
      if (profiles.stored(name)?.text !== before) throw changedMeanwhile(name);
      return { documents: new Map([[name, document]]), text };
    });
  });
  if (changed) await warnOf(context, configuration, name);
  note(context, changed ? `saved profile "${name}" (${file})` : "nothing was changed");
  return EXIT.ok;
}

function changedMeanwhile(name: string): Problem {
  return new Problem("config", "profile_changed", `profile "${name}": somebody else changed it meanwhile`);
}
