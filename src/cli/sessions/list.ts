import { localTime } from "../../core/local-time.ts";
import type { SessionHead } from "../../sessions/session.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { note, printJson, table } from "../output/print.ts";
import { sessionsEnabled, withSessions } from "./open.ts";

/** `nexus sessions list`, the one that was continued last first. */
export async function listSessions(
  context: CommandContext,
  { json, limit }: { json?: boolean; limit: number },
): Promise<number> {
  const heads = await withSessions(context, (sessions) => sessions.list(limit));
  if (json) await printJson(context.app, heads.map(headJson));
  else await table(context.app, heads.map(headRow), ["NAME", "LAST", "TURNS", "ASKS", "TITLE"]);
  if (heads.length === 0) note(context, "no session is saved yet");
  else if (heads.length === limit) note(context, `these are the last ${limit}; --limit shows more`);
  if (!(await sessionsEnabled(context))) note(context, "no more are kept: sessions.enabled is false");
  return EXIT.ok;
}

/** A session without its turns, for scripts. */
export function headJson({ name, title, createdAt, updatedAt, turns, setup }: SessionHead): object {
  const { target, system, params } = setup;
  return {
    name,
    title,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
    turns,
    profile: target?.kind === "profile" ? target.name : null,
    model: target?.kind === "model" ? target.name : null,
    system: system ?? null,
    params: params ?? {},
  };
}

/** A session as a row of a table. */
function headRow({ name, title, updatedAt, turns, setup }: SessionHead): readonly string[] {
  const last = localTime(new Date(updatedAt)).slice(0, -":00".length);
  return [name, last, `${turns} ${turns === 1 ? "turn" : "turns"}`, setup.target?.name ?? "-", title];
}
