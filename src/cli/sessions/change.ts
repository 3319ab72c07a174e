import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { confirmed } from "../asking/confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { checkSessionName, nameTaken } from "./conversation.ts";
import { savedSession, withSessions } from "./open.ts";

/** `nexus sessions rename NAME NEW` */
export async function renameSession(
  context: CommandContext,
  [from = "", to = ""]: readonly string[],
): Promise<number> {
  checkSessionName(to);
  await withSessions(context, async (sessions) => {
    const { name } = await savedSession(sessions, from);
    if (!(await sessions.rename(name, to))) throw nameTaken(to);
    note(context, `${name} is ${to} now`);
  });
  return EXIT.ok;
}

/** `nexus sessions delete NAME…`, or with `--all` every one and what was typed at the prompt. */
export async function deleteSessions(
  context: CommandContext,
  { all, force }: { all?: boolean; force?: boolean },
  names: readonly string[],
): Promise<number> {
  if (all === names.length > 0) {
    throw new Problem("usage", "usage", "name the sessions to delete, or say --all", "`nexus sessions list`");
  }
  await withSessions(context, async (sessions) => {
    const found = await Promise.all(names.map((name) => savedSession(sessions, name)));
    const wanted = found.map(({ name }) => name);
    const what = all ? "every session, and what was typed" : wanted.join(", ");
    if (!force && !(await confirmed(context, `Delete ${what}?`))) return note(context, "nothing was changed");
    const count = await sessions.remove(all ? "all" : wanted);
    note(context, `deleted ${count} ${count === 1 ? "session" : "sessions"}`);
  });
  return EXIT.ok;
}
