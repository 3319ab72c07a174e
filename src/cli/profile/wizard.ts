import { checkNewName } from "../../config/names.ts";
import type { ProfileSet } from "../../config/profiles.ts";
import { allowedText, defaultText, SETTINGS, settingRow } from "../../config/settings-table.ts";
import type { Backend } from "../../core/backend.ts";
import type { JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import { POLICIES } from "../../core/profile.ts";
import type { CommandContext } from "../app.ts";
import { type Asking, faultOf, left, openAsking } from "../asking/ask.ts";
import { commandLine, flag } from "../asking/command-line.ts";
import { noBackends } from "../backend/find.ts";
import type { SaveBalancerFlags, SaveModelFlags } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { openWorld } from "../wiring.ts";
import { askModel } from "./ask-model.ts";
import { openProfiles } from "./open.ts";
import { balancerDocument, modelDocument, saveLoadBalancer, saveModelProfile } from "./save.ts";
import { tryOut } from "./try-out.ts";

/** What a wizard offers beyond what can be named. */
const END = "";

/** Asks for everything `profile save loadbalancer` needs, and runs it with the answers. */
export async function askForBalancer(context: CommandContext, given: SaveBalancerFlags): Promise<number> {
  const { profiles } = await openProfiles(context);
  const usable = profiles.names().filter((name) => profiles.lookup(name).found);
  if (usable.length < 2) {
    const message = `a load balancer needs members, and there ${usable.length === 1 ? "is 1 profile" : "are none"}`;
    throw new Problem("usage", "profile_save_usage", message, "save one first: nexus profile save model");
  }
  const asking = await openAsking(context);
  const name = await askName(asking, profiles);
  const policy = await asking.pick("Policy:", [
    { value: POLICIES[1], name: POLICIES[1], description: "asks the members in order" },
    { value: POLICIES[0], name: POLICIES[0], description: "starts each request at the next member" },
  ]);
  const least = policy === "failover" ? 2 : 1;
  const members: string[] = [];
  for (;;) {
    const rest = usable.filter((one) => one !== name && !members.includes(one));
    const enough = members.length >= least ? [{ value: END, name: "(no more members)" }] : [];
    if (rest.length === 0) break;
    const choices = [
      ...enough,
      ...rest.map((value) => ({ value, name: `${value}: ${leadsTo(value, profiles)}` })),
    ];
    const member = await asking.pick(`Member ${members.length + 1}:`, choices);
    if (member === END) break;
    members.push(member);
  }
  const flags = { ...given, set: [...given.set, ...(await askSettings(asking, policy, members))] };
  const document = balancerDocument(flags, policy, members);
  const again = await askToTry(context, asking, name, document, given.test);
  const { zone, minTier, contextLimit } = flags;
  return finish(
    context,
    [
      ...["nexus", "profile", "save", "loadbalancer", name, policy, ...members, ...flag("--set", flags.set)],
      ...[...flag("--zone", zone), ...flag("--min-tier", minTier), ...flag("--context-limit", contextLimit)],
      ...[...again, ...forced(profiles, name, given)],
    ],
    () => saveLoadBalancer(context, { ...flags, test: false }, [name, policy, ...members]),
  );
}

/** Asks for everything `profile save model` needs, and runs it with the answers. */
export async function askForModel(context: CommandContext, given: SaveModelFlags): Promise<number> {
  const { profiles } = await openProfiles(context);
  const world = await openWorld(context, { detect: true });
  const asking = await openAsking(context);
  let backend: string;
  let model: string;
  const name = await askName(asking, profiles);
  try {
    backend = given.backend ?? (await askBackend(asking, world.catalog.backends));
    model = given.model ?? (await askModel(context, asking, world, backend));
  } finally {
    await world.close();
  }
  const system = given.system ?? ((await asking.text("System text (Enter: none):")) || undefined);
  const set = [...given.set];
  for (;;) {
    const typed = await asking.text("Parameter, as temperature=0.2 (Enter: no more):", {
      check: (text) =>
        text === "" ? undefined : faultOf(() => modelDocument({ backend, model, set: [text] })),
    });
    if (typed === "") break;
    set.push(typed);
  }
  const { contextLimit, force } = given;
  const flags = {
    ...{ backend, model, set },
    ...(system === undefined ? {} : { system }),
    ...(contextLimit === undefined ? {} : { contextLimit }),
    ...(force === undefined ? {} : { force }),
  };
  const again = await askToTry(context, asking, name, modelDocument(flags), given.test);
  return finish(
    context,
    [
      ...[
        "nexus",
        "profile",
        "save",
        "model",
        name,
        ...flag("--backend", backend),
        ...flag("--model", model),
      ],
      ...[...flag("--set", set), ...flag("--system", system), ...flag("--context-limit", contextLimit)],
      ...[...again, ...forced(profiles, name, given)],
    ],
    () => saveModelProfile(context, flags, [name]),
  );
}

function askName(asking: Asking, profiles: ProfileSet): Promise<string> {
  return asking.text("Name of the profile:", {
    check: (text) => faultOf(() => checkNewName(text, profiles.names())),
  });
}

/** The first backend that is there is the first that is offered. */
async function askBackend(asking: Asking, backends: readonly Backend[]): Promise<string> {
  if (backends.length === 0) throw noBackends();
  const choices = backends.map(({ name, type, url }) => ({
    value: name,
    name: `${name}: ${type} at ${url}`,
  }));
  return asking.pick("Backend:", choices);
}

/** `key=value` for each setting that is to be other than its default. */
async function askSettings(
  asking: Asking,
  policy: (typeof POLICIES)[number],
  members: readonly string[],
): Promise<readonly string[]> {
  const set = new Map<string, string>();
  for (;;) {
    const rows = SETTINGS.map((row) => ({
      value: row.name,
      name: `${row.name} (${set.get(row.name) ?? defaultText(row)})`,
      description: row.meaning,
    }));
    const choices = [{ value: END, name: "(keep the rest as it is)" }, ...rows];
    const name: string = await asking.pick<string>("Change a setting?", choices);
    const row = settingRow(name);
    if (row === undefined) return [...set].map(([key, value]) => `${key}=${value}`);
    const value = await asking.text(`${name}, ${allowedText(row)}:`, {
      fallback: set.get(name) ?? row.defaultText ?? defaultText(row),
      check: (text) => faultOf(() => balancerDocument({ set: [`${name}=${text}`] }, policy, members)),
    });
    set.set(name, value);
  }
}

/** A test call before anything is saved. Where it fails, the person decides. Returns the flag that says the same. */
async function askToTry(
  context: CommandContext,
  asking: Asking,
  name: string,
  document: JsonObject,
  given: boolean | undefined,
): Promise<readonly string[]> {
  if (!(given ?? (await asking.yes("Try it with one short question before saving?", true)))) return [];
  if ((await tryOut(context, name, document)) === EXIT.ok) return ["--test"];
  if (!(await asking.yes("That failed. Save it all the same?", false))) throw left();
  return [];
}

/** Without it, the same command once more would be refused. */
function forced(profiles: ProfileSet, name: string, { force }: { force?: boolean }): readonly string[] {
  return force || profiles.stored(name) !== undefined ? ["--force"] : [];
}

/** Does what the answers say, and tells how to say it without questions. */
async function finish(
  context: CommandContext,
  words: readonly string[],
  save: () => Promise<number>,
): Promise<number> {
  const exit = await save();
  if (exit === EXIT.ok) note(context, `the same without questions: ${commandLine(words)}`);
  return exit;
}

function leadsTo(name: string, profiles: ProfileSet): string {
  const found = profiles.lookup(name);
  if (!found.found) return found.why;
  const { profile } = found;
  return profile.type === "model"
    ? `${profile.model} @ ${profile.backend}`
    : `${profile.policy} over ${profile.members.join(", ")}`;
}
