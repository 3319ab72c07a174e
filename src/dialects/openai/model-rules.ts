import type { EncodeTarget } from "../dialect.ts";

type Target = Pick<EncodeTarget, "type" | "model">;

/**
 * Whether a model answers 400 when it is told how much to think, because it never does. Agents of other dialects say it in every
 * request: https://platform.openai.com/docs/guides/reasoning
 */
export function refusesEffort({ type, model }: Target): boolean {
  return type === "openai" && /^(gpt-3\.5|gpt-4|chatgpt-4o|gpt-5-chat)/.test(model);
}

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
