import type { ChatRequest, Message, Params } from "../../core/chat.ts";
import { param } from "../../core/chat.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { ModelRules } from "./model-rules.ts";

/** What a request says of thinking, and how many tokens that may take. */
export interface Thinking {
  readonly fields: JsonObject;
  /** Stands in `output_config`. */
  readonly effort?: string;
  readonly on: boolean;
  /** Tokens of the answer to leave for it where nobody states a limit. */
  readonly room: number;
  /** The effort that was asked for could not be. */
  readonly dropped: boolean;
}

/** What is answered at most where nobody says; the API wants a limit in every request. */
export const DEFAULT_MAX_TOKENS = 4096;

/** Least tokens of a budget: https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
const MIN_BUDGET = 1024;

/** Tokens for each effort. All models that take a budget answer with that much and the default beside it. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
};

/** How a model is asked to think as the request wants it; a field of Anthropic's own in the parameters is left to the caller. */
export function thinkingOf(
  request: Pick<ChatRequest, "messages" | "toolChoice">,
  params: Params,
  limit: number | undefined,
  rules: ModelRules,
): Thinking {
  const stated = param(params, "thinking");
  if (isJsonObject(stated)) {
    const budget = stated["budget_tokens"];
    const on = stated["type"] !== "disabled";
    return { fields: {}, on, room: typeof budget === "number" ? budget : 0, dropped: false };
  }
  const asked = param(params, "reasoning_effort") ?? undefined;
  const unasked = { fields: {}, on: rules.thinksUnasked, room: rules.thinksUnasked ? 16_384 : 0 };
  if (asked === undefined) return { ...unasked, dropped: false };
  const budget = typeof asked === "string" && Object.hasOwn(BUDGETS, asked) ? BUDGETS[asked] : undefined;
  if (rules.thinks === "effort") return byEffort();
  if (asked === "none") return { ...unasked, dropped: false };
  const fits = budget === undefined ? 0 : Math.min(budget, (limit ?? Number.POSITIVE_INFINITY) - MIN_BUDGET);
  if (rules.thinks === "never" || fits < MIN_BUDGET || isForced(request) || lacksProof(request.messages)) {
    return { ...unasked, dropped: true };
  }
  return {
    fields: { thinking: { type: "enabled", budget_tokens: fits } },
    on: true,
    room: fits,
    dropped: false,
  };

  function byEffort(): Thinking {
    if (asked === "none" && !rules.thinksUnasked) return { ...unasked, dropped: false };
    const effort = typeof asked === "string" ? effortOf(asked, rules) : undefined;
    if (effort === undefined || (isForced(request) && !rules.thinksUnasked))
      return { ...unasked, dropped: true };
    const fields = rules.thinksUnasked ? {} : { thinking: { type: "adaptive" } };
    // Models that always think cannot be told not to; they can be told to be quick about it.
    return { fields, effort, on: true, room: budget ?? MIN_BUDGET, dropped: asked === "none" };
  }
}

/** https://platform.claude.com/docs/en/build-with-claude/effort */
function effortOf(asked: string, { xhigh }: ModelRules): string | undefined {
  if (asked === "minimal" || asked === "none") return "low";
  if (asked === "xhigh") return xhigh ? asked : "high";
  return Object.hasOwn(BUDGETS, asked) ? asked : undefined;
}

/** "Thinking may not be enabled when tool_choice forces tool use": what has to be called matters more. */
function isForced({ toolChoice }: Pick<ChatRequest, "toolChoice">): boolean {
  return toolChoice === "required" || typeof toolChoice === "object";
}

/**
 * Whether the turn that a conversation is in the middle of began without thinking that Anthropic signed, which other backends cannot
 * give: with a budget, such a turn is refused. What the user says beside the results of tools begins no turn.
 */
export function lacksProof(messages: readonly Message[]): boolean {
  const isTurn = ({ role }: Message, at: number) => role === "user" && messages[at - 1]?.role !== "tool";
  const from = messages.findLastIndex(isTurn) + 1;
  const begun = messages.slice(from).find(({ role }) => role === "assistant");
  const first = begun?.parts[0];
  return begun !== undefined && !(first?.type === "reasoning" && first.proof?.dialect === "anthropic");
}
