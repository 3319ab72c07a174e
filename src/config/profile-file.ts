import type { JsonObject } from "../core/json.ts";
import {
  type LoadBalancerProfile,
  type ModelProfile,
  POLICIES,
  type Policy,
  type Profile,
} from "../core/profile.ts";
import { type Checked, check } from "./check.ts";
import { forbidden } from "./forbidden.ts";
import { LOAD_BALANCER, MODEL_PROFILE } from "./schema.ts";
import { readSettings } from "./settings.ts";

/** The version of the format of profile files that this program writes and reads. */
export const PROFILE_VERSION = 1;

/** What a profile's document means, or why it means nothing. Reasons and warnings begin with the key they are about. */
export type ProfileReading =
  | { readonly valid: true; readonly profile: Profile; readonly warnings: readonly string[] }
  | { readonly valid: false; readonly why: string };

/** The policy a word stands for, in upper or lower case, or undefined. */
export function parsePolicy(word: string): Policy | undefined {
  const wanted = word.trim().toLowerCase();
  return POLICIES.find((policy) => policy === wanted);
}

/** Reads a profile's document. Whether its members exist is not asked here. */
export function readProfile(name: string, document: JsonObject): ProfileReading {
  const { version, type } = document;
  if (typeof version === "number" && version > PROFILE_VERSION) {
    return {
      valid: false,
      why: `version: ${version} is of a newer nexus, this one reads ${PROFILE_VERSION}`,
    };
  }
  const wrong = forbidden(document);
  if (wrong !== undefined) return { valid: false, why: wrong.message };
  if (type === "model") return readModel(name, document);
  if (type === "loadbalancer") return readLoadBalancer(name, document);
  return { valid: false, why: 'type: has to be "model" or "loadbalancer"' };
}

function readModel(name: string, document: JsonObject): ProfileReading {
  const checked = check(MODEL_PROFILE, document);
  const { data } = checked;
  if (data === undefined) return notValid(checked);
  const profile: ModelProfile = {
    type: "model",
    name,
    backend: data.backend,
    model: data.model,
    params: data.params ?? {},
    ...(data.system === undefined ? {} : { system: data.system }),
    ...(data.context_limit === undefined ? {} : { contextLimit: data.context_limit }),
  };
  return { valid: true, profile, warnings: checked.warnings };
}

function readLoadBalancer(name: string, document: JsonObject): ProfileReading {
  const { policy } = document;
  const spelled = typeof policy === "string" ? (parsePolicy(policy) ?? policy) : policy;
  const checked = check(LOAD_BALANCER, spelled === undefined ? document : { ...document, policy: spelled });
  const { data } = checked;
  if (data === undefined) return notValid(checked);
  const why = memberFault(name, data.policy, data.profiles);
  if (why !== undefined) return { valid: false, why };
  const { settings, warnings } = readSettings(data.settings, "settings");
  const profile: LoadBalancerProfile = {
    type: "loadbalancer",
    name,
    policy: data.policy,
    members: data.profiles,
    params: data.params ?? {},
    settings,
    ...(data.context_limit === undefined ? {} : { contextLimit: data.context_limit }),
    ...(data.zone === undefined ? {} : { zone: data.zone }),
    ...(data.min_tier === undefined ? {} : { minTier: data.min_tier }),
  };
  return {
    valid: true,
    profile,
    warnings: [...checked.warnings, ...warnings],
  };
}

/** Why these members cannot make a load balancer of this name, or undefined. */
export function memberFault(name: string, policy: Policy, members: readonly string[]): string | undefined {
  if (members.includes(name)) return `profiles: ${name} cannot be a member of itself`;
  const twice = members.find((member, at) => members.indexOf(member) !== at);
  if (twice !== undefined) return `profiles: ${twice} is there twice`;
  if (policy === "failover" && members.length < 2) return "profiles: failover needs at least 2 members";
  return undefined;
}

function notValid(checked: Checked<unknown>): ProfileReading {
  return { valid: false, why: checked.faults[0] ?? "is not valid" };
}
