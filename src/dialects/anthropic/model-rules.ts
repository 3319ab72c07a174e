/** What a model takes, as far as that changed from one generation to the next. */
export interface ModelRules {
  /** How it is asked to think: with a budget, by effort, or not at all. */
  readonly thinks: "budget" | "effort" | "never";
  /** Thinks also when nobody asks, within `max_tokens`: https://platform.claude.com/docs/en/models/opus-5/migration-guide */
  readonly thinksUnasked: boolean;
  /** Knows the effort `xhigh`. */
  readonly xhigh: boolean;
  /** `none`: refuses all of them; `one`: refuses `temperature` beside `top_p`. */
  readonly samplers: "all" | "one" | "none";
  /** Whether a conversation may end with the assistant, who then goes on from there. */
  readonly prefill: boolean;
  /** Whether answers can be held to a schema: https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
  readonly schema: boolean;
  /** Most tokens of an answer, where more is refused: https://docs.anthropic.com/en/docs/about-claude/models/overview */
  readonly mostOutput?: number;
}

/** The rules of a model by the version in its name. A model of another name is taken for one of the 4.5 generation. */
export function rulesOf(model: string): ModelRules {
  const stated = versionOf(model);
  const version = stated ?? 4.5;
  const mostOutput = stated === undefined ? undefined : mostOutputOf(stated, model);
  return {
    thinks: version >= 4.6 ? "effort" : version >= 3.7 ? "budget" : "never",
    thinksUnasked: version >= 5,
    xhigh: version >= 4.7,
    samplers: version >= 4.7 ? "none" : version >= 4.1 ? "one" : "all",
    prefill: version < 4.6,
    schema: version >= 4.5,
    ...(mostOutput !== undefined && { mostOutput }),
  };
}

/** Undefined for newer models, which answer at greater length than anybody asks for. */
function mostOutputOf(version: number, model: string): number | undefined {
  if (version < 3.7) return version < 3.5 ? 4_096 : 8_192;
  if (version >= 4.6) return undefined;
  return version < 4.5 && model.includes("opus") ? 32_000 : 64_000;
}

/** `claude-sonnet-4-5-20250929` is 4.5, `claude-3-7-sonnet-latest` is 3.7, `claude-opus-5` is 5. */
function versionOf(model: string): number | undefined {
  const [, major, minor = "0"] = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d))?(?!\d)/.exec(model) ?? [];
  return major === undefined ? undefined : Number(`${major}.${minor}`);
}
