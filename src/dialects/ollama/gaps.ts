import { type ChatRequest, type Gap, type Params, param } from "../../core/chat.ts";
import type { EncodeTarget } from "../dialect.ts";
import { allParts, hasCacheMarks, hasImageDetail } from "../parts.ts";
import { thinkOf } from "./params.ts";

/** What Ollama's API has no place for. */
export function requestGaps(
  request: ChatRequest,
  { model, params }: Pick<EncodeTarget, "model" | "params">,
): readonly Gap[] {
  const { tools, toolChoice } = request;
  const gaps: Gap[] = [];
  const add = (field: string, harmless: boolean) => {
    if (!gaps.some((gap) => gap.field === field)) gaps.push({ field, harmless });
  };
  if (toolChoice !== undefined && toolChoice !== "auto" && toolChoice !== "none") add("tool_choice", false);
  if (tools.some(({ strict }) => strict)) add("tools.function.strict", true);
  if (hasCacheMarks(request)) add("cache_control", true);
  if (hasImageDetail(request)) add("detail", true);
  for (const part of allParts(request)) {
    // Only the image itself can be sent: nobody here fetches what an address names.
    if (part.type === "image" && part.media === undefined) add("image_url", false);
    if ((part.type === "reasoning" || part.type === "tool-call") && part.proof !== undefined)
      add("reasoning", true);
    if (part.type === "tool-result" && part.failed) add("is_error", true);
  }
  const effort = param(params, "reasoning_effort") ?? undefined;
  if (effort !== undefined && thinkOf(effort, model) === undefined) add("reasoning_effort", true);
  for (const { field, harmless, holds } of PARAMS) if (holds(params)) add(field, harmless);
  return gaps;
}

const states = (name: string) => (params: Params) => (param(params, name) ?? null) !== null;

/** One who asks for several answers, or for their odds, counts on them; a ban on words that is not kept changes the answer. */
const PARAMS: readonly {
  readonly field: string;
  readonly harmless: boolean;
  readonly holds: (params: Params) => boolean;
}[] = [
  {
    field: "n",
    harmless: false,
    holds: (params) => ![null, 1].some((n) => n === (param(params, "n") ?? null)),
  },
  { field: "logprobs", harmless: false, holds: (params) => param(params, "logprobs") === true },
  { field: "logit_bias", harmless: false, holds: states("logit_bias") },
  { field: "user", harmless: true, holds: states("user") },
  {
    field: "parallel_tool_calls",
    harmless: true,
    holds: (params) => param(params, "parallel_tool_calls") === false,
  },
];
