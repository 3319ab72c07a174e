import { loadConfiguration } from "../../config/load.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import { openSessions, type Sessions } from "../../sessions/open.ts";
import type { Session } from "../../sessions/session.ts";
import type { CommandContext } from "../app.ts";
import { warn } from "../output/print.ts";
import { pathsOf } from "../profile/open.ts";

/** The sessions of this user, for as long as the work takes. */
export async function withSessions<T>(
  context: CommandContext,
  work: (sessions: Sessions) => Promise<T>,
): Promise<T> {
  const sessions = openSessions(pathsOf(context).stateDir, (text) => warn(context, text));
  try {
    return await work(sessions);
  } finally {
    await sessions.close();
  }
}

/** Whether conversations are kept. Throws a `Problem` when the configuration is broken. */
export async function sessionsEnabled(context: CommandContext): Promise<boolean> {
  return (await loadConfiguration(pathsOf(context), context.app.env)).sessions.enabled;
}

/** A session by its name; `last`, and no name, is the one that was continued last. Throws a `Problem` (not-found). */
export async function savedSession(sessions: Sessions, name = "last"): Promise<Session> {
  const found = (await sessions.find(name)) ?? (name === "last" ? await sessions.find() : undefined);
  if (found !== undefined) return found;
  if (name === "last") throw new Problem("not-found", "no_sessions", "no session is saved yet", HOW);
  const names = (await sessions.list(1_000)).map((head) => head.name);
  throw new Problem(
    "not-found",
    "session_not_found",
    `there is no session "${name}"${didYouMean(name, names)}`,
    "`nexus sessions list` shows what there is",
  );
}

const HOW = '`nexus chat` on a terminal makes one, and so does `nexus chat --session NAME "prompt"`';
