import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { neutralise } from "../output/neutralise.ts";
import { print, printJson } from "../output/print.ts";
import { sessionMarkdown } from "./markdown.ts";
import { savedSession, withSessions } from "./open.ts";
import { sessionJson } from "./turn-json.ts";

/** `nexus sessions show [NAME]` */
export async function showSession(
  context: CommandContext,
  flags: { json?: boolean },
  name: string | undefined,
): Promise<number> {
  const session = await withSessions(context, (sessions) => savedSession(sessions, name));
  if (flags.json) await printJson(context.app, sessionJson(session));
  else {
    const text = sessionMarkdown(session);
    await print(context.app, context.app.stdout.isTTY ? neutralise(text) : text);
  }
  return EXIT.ok;
}
