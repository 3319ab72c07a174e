import type { ProfileSet } from "../../config/profiles.ts";
import type { JsonObject } from "../../core/json.ts";
import { type LoadBalancerProfile, type Profile, STRATEGY_OF } from "../../core/profile.ts";
import type { CommandContext } from "../app.ts";
import type { JsonFlag } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { neutralise } from "../output/neutralise.ts";
import { print, printJson, table, warn } from "../output/print.ts";
import { knownBackends } from "./backends.ts";
import { openProfiles, validProfile } from "./open.ts";
import { type SettingInForce, settingsInForce } from "./settings-in-force.ts";
import { profileTree } from "./tree.ts";
import { type KnownWindow, knownWindow } from "./window.ts";

/** `profile show NAME`. */
export async function showProfile(
  context: CommandContext,
  { json, tree }: JsonFlag & { readonly tree?: boolean },
  [name = ""]: readonly string[],
): Promise<number> {
  const { configuration, profiles } = await openProfiles(context);
  const { profile, document, file } = validProfile(profiles, name);
  for (const text of profiles.warnings(name)) warn(context, `profile "${name}": ${text}`);
  if (tree && !json) {
    await print(context.app, `${neutralise(profileTree(name, profiles).join("\n"))}\n`);
    return EXIT.ok;
  }
  const facts: Facts = {
    profile,
    file,
    isDefault: configuration.defaultProfile === name,
    window: knownWindow(name, profiles, knownBackends(configuration, context.app.env)),
    members: profile.type === "model" ? [] : profile.members.map((member) => memberFacts(member, profiles)),
    settings: profile.type === "model" ? [] : settingsInForce(profile.settings, document["settings"]),
    referrers: profiles.referrers(name),
  };
  if (json) await printJson(context.app, jsonOf(facts));
  else await table(context.app, rowsOf(facts));
  return EXIT.ok;
}

interface Facts {
  readonly profile: Profile;
  readonly file: string;
  readonly isDefault: boolean;
  readonly window: KnownWindow | undefined;
  readonly members: readonly MemberFacts[];
  readonly settings: readonly SettingInForce[];
  readonly referrers: readonly string[];
}

/** A member and what it leads to, or why it leads nowhere. */
interface MemberFacts {
  readonly name: string;
  readonly backend?: string;
  readonly model?: string;
  readonly policy?: string;
  readonly members?: readonly string[];
  readonly broken?: string;
}

function memberFacts(name: string, profiles: ProfileSet): MemberFacts {
  const found = profiles.lookup(name);
  if (!found.found) return { name, broken: found.why };
  const { profile } = found;
  return profile.type === "model"
    ? { name, backend: profile.backend, model: profile.model }
    : { name, policy: profile.policy, members: profile.members };
}

function jsonOf({ profile, file, isDefault, window, members, settings, referrers }: Facts): JsonObject {
  const common = {
    name: profile.name,
    type: profile.type,
    file,
    default: isDefault,
    params: profile.params,
    context_limit: window?.tokens ?? null,
    context_limit_from: window === undefined ? null : window.of,
    referrers,
  };
  if (profile.type === "model") {
    const { backend, model, system } = profile;
    return { ...common, backend, model, system: system ?? null };
  }
  return {
    ...common,
    policy: profile.policy,
    strategy: STRATEGY_OF[profile.policy],
    members: members.map((member) => ({ ...member })),
    zone: profile.zone ?? null,
    min_tier: profile.minTier ?? null,
    settings: Object.fromEntries(
      settings.map(({ name, value, isDefault: unset }) => [name, { value, default: unset }]),
    ),
  };
}

function rowsOf(facts: Facts): readonly (readonly string[])[] {
  const { profile, file, isDefault, referrers } = facts;
  const params = Object.entries(profile.params).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [
    ["name", profile.name + (isDefault ? " (default)" : "")],
    ["type", profile.type],
    ...(profile.type === "model"
      ? [
          ["backend", profile.backend],
          ["model", profile.model],
          ...(profile.system === undefined ? [] : [["system", profile.system]]),
        ]
      : balancerRows(profile, facts)),
    ["context limit", windowText(facts)],
    ...(params.length === 0 ? [] : [["params", params.join(" ")]]),
    ...(referrers.length === 0 ? [] : [["member of", referrers.join(", ")]]),
    ["file", file],
    ...facts.settings.map(({ name, text, isDefault: unset }) => [name, text + (unset ? " (default)" : "")]),
  ];
}

function balancerRows(profile: LoadBalancerProfile, { members }: Facts): readonly (readonly string[])[] {
  return [
    ["policy", profile.policy],
    ["strategy", STRATEGY_OF[profile.policy]],
    ...members.map((member, at) => [`member ${at + 1}`, `${member.name}: ${leadsTo(member)}`]),
    ...(profile.zone === undefined ? [] : [["zone", profile.zone]]),
    ...(profile.minTier === undefined ? [] : [["min tier", String(profile.minTier)]]),
  ];
}

function leadsTo({ backend, model, policy, members, broken }: MemberFacts): string {
  if (broken !== undefined) return broken;
  return members === undefined ? `${model} @ ${backend}` : `${policy} over ${members.join(", ")}`;
}

function windowText({ profile, window }: Facts): string {
  if (window === undefined) return "unknown";
  if (profile.contextLimit !== undefined) return `${window.tokens} tokens`;
  const whose = profile.type === "model" ? "the model's" : `the smallest member's: ${window.of}`;
  return `${window.tokens} tokens (${whose})`;
}
