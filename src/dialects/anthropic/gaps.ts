import type { ChatRequest, Gap, ImagePart, Message } from "../../core/chat.ts";
import type { EncodeTarget } from "../dialect.ts";
import { hasImageDetail, prefillAt } from "../parts.ts";
import { hasSurplusMarks } from "./cache-marks.ts";
import { rulesOf } from "./model-rules.ts";
import { translateParams } from "./params.ts";
import { isToldInWords, isToolName } from "./tools.ts";

/** What this API has no place for. */
export function requestGaps(
  request: ChatRequest,
  target: Pick<EncodeTarget, "model" | "params">,
): readonly Gap[] {
  const { messages, tools } = request;
  const gaps: Gap[] = [...translateParams(request, target).gaps];
  if (hasSurplusMarks(request)) gaps.push({ field: "cache_control", harmless: true });
  // Schemas that may be enforced are fewer here: https://docs.anthropic.com/en/api/openai-sdk ignores it as well.
  if (tools.some(({ strict }) => strict)) gaps.push({ field: "tools.function.strict", harmless: true });
  if (tools.some(isToldInWords)) gaps.push({ field: "tools.function.parameters", harmless: true });
  if (hasImageDetail(request)) gaps.push({ field: "detail", harmless: true });
  const name = tools.findIndex((tool) => !isToolName(tool.name));
  if (name !== -1) gaps.push({ field: `tools[${name}].function.name`, harmless: false });
  if (messages.some(hasForeignReasoning)) gaps.push({ field: "reasoning", harmless: true });
  messages.forEach((message, at) => {
    if (hasBadImage(message)) gaps.push({ field: `messages[${at}].content`, harmless: false });
  });
  const prefill = prefillAt(messages);
  if (prefill !== -1 && !rulesOf(target.model).prefill) {
    gaps.push({ field: `messages[${prefill}]`, harmless: false });
  }
  return gaps;
}

function hasForeignReasoning({ parts }: Message): boolean {
  return parts.some((part) => part.type === "reasoning" && part.proof?.dialect !== "anthropic");
}

function hasBadImage({ role, parts }: Message): boolean {
  return parts.some((part) => {
    if (part.type === "tool-result")
      return part.content.some((one) => one.type === "image" && isRefused(one));
    return part.type === "image" && (role !== "user" || isRefused(part));
  });
}

const MEDIA: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

/** https://docs.anthropic.com/en/docs/build-with-claude/vision: four formats, and addresses by https only. */
function isRefused({ media, data }: ImagePart): boolean {
  return media === undefined ? !/^https:/i.test(data) : !MEDIA.has(media.toLowerCase());
}
