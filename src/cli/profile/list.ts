import type { ProfileSet } from "../../config/profiles.ts";
import type { CommandContext } from "../app.ts";
import type { JsonFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { note, printJson, table } from "../output/print.ts";
import { openProfiles } from "./open.ts";

/** `profile list`. */
export async function listProfiles(context: CommandContext, { json }: JsonFlag): Promise<number> {
  const { configuration, profiles } = await openProfiles(context);
  const rows = profiles
    .names()
    .map((name) => ({ name, default: name === configuration.defaultProfile, ...summary(name, profiles) }));
  if (json) {
    await printJson(context.app, rows);
    return EXIT.ok;
  }
  if (rows.length === 0) note(context, "no profiles yet: nexus profile save model --help");
  await table(
    context.app,
    rows.map((row) => [row.name, row.type ?? "-", described(row), row.default ? "default" : ""]),
    ["NAME", "TYPE", "WHAT", ""],
  );
  return EXIT.ok;
}

interface Summary {
  readonly type: "model" | "loadbalancer" | null;
  readonly policy?: string;
  readonly members?: readonly string[];
  readonly backend?: string;
  readonly model?: string;
  /** Why it cannot be used. */
  readonly broken?: string;
}

function summary(name: string, profiles: ProfileSet): Summary {
  const found = profiles.lookup(name);
  if (!found.found) return { type: null, broken: found.why };
  const { profile } = found;
  return profile.type === "model"
    ? { type: "model", backend: profile.backend, model: profile.model }
    : { type: "loadbalancer", policy: profile.policy, members: profile.members };
}

function described(row: Summary): string {
  if (row.broken !== undefined) return row.broken;
  return row.members === undefined
    ? `${row.model} @ ${row.backend}`
    : `${row.policy}: ${row.members.join(", ")}`;
}
