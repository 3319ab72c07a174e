import { type Gap, type Params, param } from "../../core/chat.ts";
import type { Json } from "../../core/json.ts";
import type { EncodeTarget } from "../dialect.ts";

type Target = Pick<EncodeTarget, "type" | "model">;

/** What an OpenAI model takes, as far as its name tells. */
interface ModelRules {
  /** Thinks before it answers. */
  readonly thinks: boolean;
  /** 5.1 for `gpt-5.1-mini`; 0 for the `o` series, and for names that nobody knows, to which no rule applies. */
  readonly version: number;
}

/** Clouds that resell OpenAI's models put a vendor before the name, and look after all this themselves; so do servers of other types. */
function rulesOf({ type, model }: Target): ModelRules {
  if (type !== "openai") return { thinks: false, version: 0 };
  const version = Number(/^(?:chat)?gpt-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? 0);
  const chats = /^(chatgpt|gpt-[\d.]+-chat)/.test(model);
  return { thinks: /^(o\d|codex-)/.test(model) || (version >= 5 && !chats), version };
}

/** Whether a model thinks before it answers: https://platform.openai.com/docs/guides/reasoning */
export function isReasoner(target: Target): boolean {
  return rulesOf(target).thinks;
}

/**
 * How much a model is to think, in a word that it knows; undefined for one that knows none:
 * https://platform.openai.com/docs/guides/reasoning#reasoning-effort
 */
export function effortFor({ type, model, params }: Target & { readonly params: Params }): Json | undefined {
  const effort = param(params, "reasoning_effort") ?? undefined;
  const { thinks, version } = rulesOf({ type, model });
  if (!thinks) return version > 0 ? undefined : effort;
  if (effort === "minimal" && (version !== 5 || model.includes("codex"))) return "low";
  if (effort === "none" && version < 5.1)
    return version === 5 && !model.includes("codex") ? "minimal" : "low";
  return effort === "xhigh" && version < 5.2 && !model.includes("-max") ? "high" : effort;
}

/**
 * Parameters to which a model answers 400. Whoever thinks takes samplers only while it does not:
 * https://platform.openai.com/docs/guides/latest-model#gpt-5-parameter-compatibility
 */
export function refusedParams({ type, model, params }: Target & { readonly params: Params }): readonly Gap[] {
  const { thinks, version } = rulesOf({ type, model });
  const states = (name: string, ...nothing: readonly Json[]): boolean => {
    const value = param(params, name) ?? null;
    return value !== null && !nothing.includes(value);
  };
  if (!thinks) {
    const effort = version > 0 && states("reasoning_effort", "none");
    return effort ? [{ field: "reasoning_effort", harmless: true }] : [];
  }
  const gaps: Gap[] = [];
  const unasked = version >= 5.1 && version < 5.5 && !/-(codex|pro)/.test(model) ? "none" : "medium";
  const quiet = version >= 5.1 && (param(params, "reasoning_effort") ?? unasked) === "none";
  for (const [name, harmless, nothing] of SAMPLERS) {
    if (!quiet && states(name, nothing)) gaps.push({ field: name, harmless });
  }
  if (version < 5.5 && !/^o1/.test(model) && states("stop")) gaps.push({ field: "stop", harmless: false });
  return gaps;
}

/** With the value that asks for what would be without it. Who wants to know the odds counts on them. */
const SAMPLERS: readonly (readonly [name: string, harmless: boolean, nothing: Json])[] = [
  ["temperature", true, 1],
  ["top_p", true, 1],
  ["presence_penalty", true, 0],
  ["frequency_penalty", true, 0],
  ["logit_bias", true, null],
  ["logprobs", false, false],
  ["top_logprobs", false, 0],
];

/** Most tokens of an answer; a model that is asked for more answers 400. Undefined: more than anybody asks for, or not known. */
export function mostOutput({ type, model }: Target): number | undefined {
  return type === "openai" ? OUTPUTS.find(({ of }) => of.test(model))?.most : undefined;
}

/** https://platform.openai.com/docs/models */
const OUTPUTS: readonly { readonly of: RegExp; readonly most: number }[] = [
  { of: /^(gpt-4o|chatgpt-4o|gpt-5-chat)/, most: 16_384 },
  { of: /^gpt-4\.1/, most: 32_768 },
  { of: /^(gpt-4-turbo|gpt-3\.5)/, most: 4_096 },
];
