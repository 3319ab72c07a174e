import type { ChatRequest, ToolChoice } from "../../core/chat.ts";

/** Which tool has to be called; a choice among no tools is refused: "only allowed when 'tools' are specified". */
export function choiceOf({ tools, toolChoice }: ChatRequest): ToolChoice | undefined {
  return tools.length === 0 ? undefined : toolChoice;
}

/** What the provider allows as names: https://platform.openai.com/docs/api-reference/chat/create */
export function isToolName(name: string): boolean {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(name);
}

/** The name of a tool that was called, as the provider takes it in the history; of one that may be called now it is what it was. */
export function wireName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "tool";
}
