import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { text as readStream } from "node:stream/consumers";
import { decodeText, parseObject } from "../../config/parse-json.ts";
import { PROFILE_VERSION, readProfile } from "../../config/profile-file.ts";
import { Problem } from "../../core/problem.ts";
import { readFailed } from "../../files/file-problem.ts";
import type { CommandContext } from "../app.ts";
import type { ForceFlag } from "../commands/profile.ts";
import { warn } from "../output/print.ts";
import { knownBackends } from "./backends.ts";
import { fromLlxprt, isLlxprt } from "./llxprt.ts";
import { openProfiles } from "./open.ts";
import { saveProfile } from "./write.ts";

/** `profile import FILE`: nexus's own files, and those of llxprt-code. */
export async function importProfile(
  context: CommandContext,
  flags: ForceFlag & { name?: string },
  [source = ""]: readonly string[],
): Promise<number> {
  const { app } = context;
  const name = flags.name ?? (source === "-" ? "" : basename(source).replace(/\.json$/i, ""));
  if (name === "") {
    throw new Problem(
      "usage",
      "profile_import_usage",
      "--name is missing",
      "nexus profile import - --name work",
    );
  }
  const file = source === "-" ? "standard input" : resolve(app.cwd, source);
  const text = source === "-" ? await readStream(app.stdin) : await readGiven(file);
  const foreign = await parseObject(text, file);
  const opened = await openProfiles(context);
  const backends = knownBackends(opened.configuration, app.env);
  const { document, lost } = isLlxprt(foreign)
    ? fromLlxprt(foreign, backends.all())
    : { document: { version: PROFILE_VERSION, ...foreign }, lost: [] };
  const reading = readProfile(name, document);
  if (!reading.valid)
    throw new Problem("config", "profile_invalid", `${file}: ${reading.why}`, "nothing was changed");
  for (const text of lost) warn(context, `${file}: ${text}`);
  const exit = await saveProfile(context, opened, { name, document, force: flags.force });
  const { profile } = reading;
  if (profile.type === "model" && backends.find(profile.backend) === undefined) {
    warn(
      context,
      `profile "${name}": there is no backend "${profile.backend}" here: nexus backend add URL --name ${profile.backend}`,
    );
  }
  return exit;
}

/** The text of a file that a person named; it may be a pipe, as `<(command)` makes one. */
async function readGiven(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => readFailed(file, error));
  if (bytes !== undefined) return decodeText(bytes, file);
  throw new Problem("usage", "file_not_found", `${file}: there is no such file`);
}
