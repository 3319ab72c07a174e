import { isJsonObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import type { DoorRequest, EncodeTarget } from "../dialect.ts";
import { isForeign, writeSignature } from "./door-proofs.ts";
import { lacksProof } from "./thinking.ts";

/** What a body states under a name, parsed; undefined where it states nothing. */
export function statedMember({ text, members }: DoorRequest, name: string): Json | undefined {
  const found = members.find(({ key }) => key === name);
  return found === undefined ? undefined : parseJson(text.slice(found.valueStart, found.valueEnd));
}

/**
 * Members of the client's body that have to be others because backends of other dialects answered before: thoughts that Anthropic did
 * not sign are refused, and so is thinking in the middle of a turn that began without it.
 */
export function mendHistory(read: DoorRequest, { type }: Pick<EncodeTarget, "type">): JsonObject {
  // Sealed proofs begin like what says that nobody signed.
  const marked = read.text.includes(`"${writeSignature(undefined)}`);
  const messages = marked ? withoutForeign(statedMember(read, "messages")) : undefined;
  return {
    ...(messages !== undefined && { messages }),
    ...(type === "anthropic" && lacksProof(read.request.messages) && withoutThinking(read)),
  };
}

/** Undefined where nothing has to be left out. */
function withoutForeign(messages: Json | undefined): Json | undefined {
  if (!Array.isArray(messages)) return undefined;
  const list: readonly Json[] = messages;
  const kept = list.flatMap((message): Json[] => {
    const content = isJsonObject(message) ? message["content"] : undefined;
    if (!isJsonObject(message) || !Array.isArray(content)) return [message];
    const blocks = content.filter((block: Json) => !isForeignBlock(block));
    if (blocks.length === content.length) return [message];
    return blocks.length === 0 ? [] : [{ ...message, content: blocks }];
  });
  return kept.length === list.length && kept.every((message, at) => message === list[at]) ? undefined : kept;
}

function isForeignBlock(block: Json): boolean {
  if (!isJsonObject(block)) return false;
  if (block["type"] === "thinking") return isForeign(block["signature"]);
  return block["type"] === "redacted_thinking" && isForeign(block["data"]);
}

/** Only thinking with a budget minds how its turn began: https://docs.anthropic.com/en/docs/build-with-claude/adaptive-thinking */
function withoutThinking(read: DoorRequest): JsonObject {
  const thinking = statedMember(read, "thinking");
  if (!isJsonObject(thinking) || thinking["type"] !== "enabled") return {};
  const management = statedMember(read, "context_management");
  const edits = isJsonObject(management) ? management["edits"] : undefined;
  return {
    thinking: { type: "disabled" },
    ...(isJsonObject(management) &&
      Array.isArray(edits) && {
        context_management: { ...management, edits: edits.filter((edit: Json) => !clearsThinking(edit)) },
      }),
  };
}

/** Refused where nobody thinks: https://docs.anthropic.com/en/docs/build-with-claude/context-editing */
function clearsThinking(edit: Json): boolean {
  return isJsonObject(edit) && typeof edit["type"] === "string" && edit["type"].startsWith("clear_thinking");
}
