import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { exportText } from "../output/export-text.ts";
import { sessionMarkdown } from "./markdown.ts";
import { savedSession, withSessions } from "./open.ts";
import { sessionJson } from "./turn-json.ts";

/** `nexus sessions export NAME [FILE]` */
export async function exportSession(
  context: CommandContext,
  { format, force }: { format: "markdown" | "json"; force?: boolean },
  [name, target]: readonly string[],
): Promise<number> {
  const session = await withSessions(context, (sessions) => savedSession(sessions, name));
  const text =
    format === "json" ? `${JSON.stringify(sessionJson(session), null, 2)}\n` : sessionMarkdown(session);
  await exportText(context, text, { target, force: force === true });
  return EXIT.ok;
}
