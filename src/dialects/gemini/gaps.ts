import { type ChatRequest, type Gap, param } from "../../core/chat.ts";
import type { EncodeTarget } from "../dialect.ts";
import { allParts, hasCacheMarks, hasImageDetail, prefillAt } from "../parts.ts";
import { isRefused, mostOutput, stopSequences, thinkingFor, wantsJson } from "./config.ts";
import { isSendableImage } from "./contents.ts";
import { generationOf } from "./generation.ts";
import { isToolName } from "./tools.ts";

/** https://ai.google.dev/api/generate-content#generationconfig */
const MAX_STOPS = 5;

/** What generateContent cannot be sent. */
export function requestGaps(
  request: ChatRequest,
  { model, params }: Pick<EncodeTarget, "model" | "params">,
): readonly Gap[] {
  const gaps: Gap[] = [];
  const blocking = (field: string, there: boolean) => there && gaps.push({ field, harmless: false });
  const harmless = (field: string, there: boolean) => there && gaps.push({ field, harmless: true });
  const parts = allParts(request);
  const stated = (name: string) => (param(params, name) ?? null) !== null;
  const effort = param(params, "reasoning_effort");
  const generation = generationOf(model);

  // Google fetches nothing from elsewhere: https://ai.google.dev/gemini-api/docs/image-understanding
  blocking(
    "image_url",
    parts.some((part) => part.type === "image" && !isSendableImage(part)),
  );
  // https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/gemini/3-5-flash-lite ("breaking changes")
  const prefill = prefillAt(request.messages);
  blocking(`messages[${prefill}]`, prefill !== -1 && generation >= 3.5);
  const name = request.tools.findIndex((tool) => !isToolName(tool.name));
  blocking(`tools[${name}].function.name`, name !== -1);
  // "Function calling with a response mime type: 'application/json' is unsupported": https://github.com/googleapis/python-genai/issues/867
  blocking("response_format", generation < 3 && request.tools.length > 0 && wantsJson(params));
  blocking("stop", stopSequences(params).length > MAX_STOPS);
  blocking("n", Number(param(params, "n") ?? 1) > 1);
  blocking("logprobs", param(params, "logprobs") === true);
  for (const name of ["seed", "presence_penalty", "frequency_penalty"]) {
    const value = param(params, name) ?? 0;
    harmless(name, value !== 0 && isRefused(name, value, model));
  }
  const most = mostOutput(model) ?? Number.POSITIVE_INFINITY;
  const limits = ["max_tokens", "max_completion_tokens"].map((limit) => Number(param(params, limit) ?? 0));
  harmless("max_tokens", Math.max(...limits) > most);
  harmless("logit_bias", stated("logit_bias"));
  harmless("user", stated("user"));
  harmless("extra_body", stated("extra_body"));
  harmless("parallel_tool_calls", param(params, "parallel_tool_calls") === false);
  harmless("reasoning_effort", stated("reasoning_effort") && thinkingFor(effort, model) === undefined);
  harmless("detail", hasImageDetail(request));
  harmless(
    "tools.function.strict",
    request.tools.some(({ strict }) => strict),
  );
  harmless("cache_control", hasCacheMarks(request));
  harmless(
    "reasoning",
    parts.some((part) => part.type === "reasoning" && part.proof?.dialect !== "gemini"),
  );
  return gaps;
}
