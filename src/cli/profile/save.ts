import { memberFault, PROFILE_VERSION, parsePolicy } from "../../config/profile-file.ts";
import { settingRow } from "../../config/settings-table.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import { POLICIES, type Policy, type Profile } from "../../core/profile.ts";
import type { CommandContext } from "../app.ts";
import { noSuchBackend } from "../backend/find.ts";
import type { SaveBalancerFlags, SaveModelFlags } from "../commands/profile.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { type Assignment, assign, parseAssignment } from "./assign.ts";
import { knownBackends } from "./backends.ts";
import { openProfiles } from "./open.ts";
import { type Saving, saveProfile } from "./write.ts";

const MODEL_EXAMPLE = "for example: nexus profile save model fast --backend openai --model gpt-4o-mini";
const BALANCER_EXAMPLE = "for example: nexus profile save loadbalancer failover-lb failover fast local";

/** `profile save model NAME --backend B --model M`. */
export async function saveModelProfile(
  context: CommandContext,
  flags: SaveModelFlags,
  [name]: readonly string[],
): Promise<number> {
  const { backend, model } = flags;
  if (name === undefined) throw usage("the name of the profile is missing", MODEL_EXAMPLE);
  if (!backend?.trim()) throw usage("--backend is missing", MODEL_EXAMPLE);
  if (!model?.trim()) throw usage("--model is missing", MODEL_EXAMPLE);
  const document = modelDocument({ ...flags, backend, model });
  const opened = await openProfiles(context);
  const backends = knownBackends(opened.configuration, context.app.env);
  if (backends.find(backend) === undefined) throw noSuchBackend(backend, backends.names());
  return tryAndSave(context, opened, { name, document, force: flags.force }, flags.test);
}

/** What these flags say of a model profile. Throws a usage `Problem` for a parameter that makes no sense. */
export function modelDocument(
  flags: Pick<SaveModelFlags, "set" | "system" | "contextLimit"> & { backend: string; model: string },
): JsonObject {
  return withAssignments(
    {
      version: PROFILE_VERSION,
      type: "model",
      backend: flags.backend,
      model: flags.model,
      ...given("system", flags.system),
      ...given("context_limit", flags.contextLimit),
    },
    "model",
    flags.set.map(asParam),
  );
}

/** `profile save loadbalancer NAME POLICY MEMBER MEMBER …`. */
export async function saveLoadBalancer(
  context: CommandContext,
  flags: SaveBalancerFlags,
  [name, word, ...members]: readonly string[],
): Promise<number> {
  if (name === undefined) throw usage("the name of the profile is missing", BALANCER_EXAMPLE);
  const policy = parsePolicy(word ?? "");
  if (policy === undefined) {
    const what = word?.trim() ? `${JSON.stringify(word)} is no policy` : "the policy is missing";
    throw usage(`${what}: it has to be ${POLICIES.join(" or ")}`, BALANCER_EXAMPLE);
  }
  if (members.length === 0) throw usage("the members are missing", BALANCER_EXAMPLE);
  const fault = memberFault(name, policy, members);
  if (fault !== undefined) throw usage(fault, BALANCER_EXAMPLE);
  const document = balancerDocument(flags, policy, members);
  return tryAndSave(context, await openProfiles(context), { name, document, force: flags.force }, flags.test);
}

/** With `test` it is saved only when it answers. */
async function tryAndSave(
  context: CommandContext,
  opened: Awaited<ReturnType<typeof openProfiles>>,
  saving: Saving,
  test: boolean | undefined,
): Promise<number> {
  if (test) {
    const { tryOut } = await import("./try-out.ts");
    const exit = await tryOut(context, saving.name, saving.document);
    if (exit !== EXIT.ok) {
      note(context, "nothing was saved");
      return exit;
    }
  }
  return saveProfile(context, opened, saving);
}

/** What these flags say of a load balancer. Throws a usage `Problem` for a setting that makes no sense. */
export function balancerDocument(
  flags: SaveBalancerFlags,
  policy: Policy,
  members: readonly string[],
): JsonObject {
  return withAssignments(
    {
      version: PROFILE_VERSION,
      type: "loadbalancer",
      policy,
      profiles: members,
      ...given("context_limit", flags.contextLimit),
      ...given("zone", flags.zone),
      ...given("min_tier", flags.minTier),
    },
    "loadbalancer",
    flags.set.map((one) => parseAssignment(one, "--set")),
  );
}

function withAssignments(
  document: JsonObject,
  type: Profile["type"],
  assignments: readonly Assignment[],
): JsonObject {
  return assignments.reduce<JsonObject>((before, each) => assign(before, type, each), document);
}

/** `--set` of a model profile names request parameters, with or without `params.` before them. */
function asParam(word: string): Assignment {
  const { key, text } = parseAssignment(word, "--set");
  if (settingRow(key) !== undefined) {
    throw usage(`--set ${key}: is a setting of load balancers, not of a model profile`, BALANCER_EXAMPLE);
  }
  return { key: key.startsWith("params.") ? key : `params.${key}`, text };
}

function given(key: string, value: Json | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}

function usage(message: string, hint: string): Problem {
  return new Problem("usage", "profile_save_usage", message, hint);
}
