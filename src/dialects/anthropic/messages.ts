import type { ImagePart, Message, Part, ToolResultPart } from "../../core/chat.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import { createCallIds } from "../call-ids.ts";
import { withoutLastThoughts } from "../parts.ts";
import { resultsFirst } from "../results-first.ts";
import { isBlank, type WriteMark } from "./cache-marks.ts";
import { wireName } from "./tools.ts";

/** One turn as the API takes it: users and assistants speak alternately, and nobody says nothing. */
interface Turn {
  readonly role: "user" | "assistant";
  readonly content: object[];
}

/** Stands for the user's first words in a conversation that the assistant opened: the API wants the user's first. */
const OPENING = { type: "text", text: "(start)" };

/** Ids hold letters, digits, `_` and `-` only. */
function spellId(id: string, attempt: number): string {
  const clean = id.replace(/[^a-zA-Z0-9_-]/g, "_") || "call";
  return attempt === 1 ? clean : `${clean}_${attempt}`;
}

/** The conversation without its system messages. */
export function encodeMessages(messages: readonly Message[], mark: WriteMark): readonly Turn[] {
  const turns: Turn[] = [];
  const ids = createCallIds(spellId);

  function turnOf(role: Turn["role"]): object[] {
    const last = turns.at(-1);
    if (last?.role === role) return last.content;
    const turn = { role, content: [] };
    turns.push(turn);
    return turn.content;
  }

  /** Every call needs a result at the beginning of the turn that follows it. */
  function settle(): void {
    const left = ids.unanswered();
    if (left.length === 0) return;
    const content = turnOf("user");
    const at = content.findLastIndex((block) => "tool_use_id" in block) + 1;
    content.splice(at, 0, ...left.map((id) => ({ ...resultOf(id), content: "(no result)", is_error: true })));
  }

  function addResults(parts: readonly Part[]): void {
    const strays: object[] = [];
    for (const part of parts) {
      if (part.type !== "tool-result") continue;
      const id = ids.result(part.id);
      const content = contentOf(part, mark);
      // The result of a call that nobody made is refused; what it says still stands in the conversation.
      if (id === undefined) strays.push(...content);
      else turnOf("user").push(encodeResult(id, part, content, mark));
    }
    if (strays.length > 0) turnOf("user").push(...strays);
  }

  for (const { role, parts } of resultsFirst(messages)) {
    if (role === "system") continue;
    if (role === "tool") {
      addResults(parts);
      continue;
    }
    settle();
    // "The final block in an assistant message cannot be `thinking`": https://github.com/tailcallhq/forgecode/issues/2107
    const said = parts.filter((part) => !isBlank(part));
    const blocks = (role === "assistant" ? withoutLastThoughts(said) : said).flatMap(encodePart);
    if (blocks.length > 0) turnOf(role).push(...blocks);
  }
  settle();
  trimPrefill(turns);
  if (turns[0]?.role !== "user") turns.unshift({ role: "user", content: [OPENING] });
  return turns;

  function encodePart(part: Part): object[] {
    switch (part.type) {
      case "text":
        return [{ type: "text", text: part.text, ...mark(part.cache) }];
      case "image":
        return [encodeImage(part, mark)];
      case "reasoning":
        return encodeReasoning(part);
      case "tool-call":
        return [
          {
            type: "tool_use",
            id: ids.call(part.id),
            name: wireName(part.name),
            input: inputOf(part.arguments),
          },
        ];
      case "tool-result":
        return [];
    }
  }
}

/** The beginning of an answer that is to go on must not end in white space. */
function trimPrefill(turns: readonly Turn[]): void {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== "assistant" || block === undefined || !("text" in block)) return;
  last.content.splice(-1, 1, { ...block, text: String(block.text).trimEnd() });
}

/** The system's words, wherever they stand in the conversation; a plain string where that says it all. */
export function encodeSystem(messages: readonly Message[], mark: WriteMark): string | object[] | undefined {
  const texts = messages
    .flatMap(({ role, parts }) => (role === "system" ? parts : []))
    .filter((part) => part.type === "text" && !isBlank(part))
    .filter((part) => part.type === "text");
  const [only, ...more] = texts;
  if (only === undefined) return undefined;
  if (more.length === 0 && only.cache === undefined) return only.text;
  return texts.map(({ text, cache }) => ({ type: "text", text, ...mark(cache) }));
}

/** Only Anthropic's own proof makes reasoning something that may be sent back. */
function encodeReasoning({ text, proof }: Extract<Part, { type: "reasoning" }>): object[] {
  if (proof?.dialect !== "anthropic") return [];
  if (proof.redacted) return [{ type: "redacted_thinking", data: proof.data }];
  return [{ type: "thinking", thinking: text, signature: proof.data }];
}

function encodeImage({ media, data, cache }: ImagePart, mark: WriteMark): object {
  const source =
    media === undefined ? { type: "url", url: data } : { type: "base64", media_type: media, data };
  return { type: "image", source, ...mark(cache) };
}

function contentOf({ content }: ToolResultPart, mark: WriteMark): object[] {
  return content
    .filter((part) => !isBlank(part))
    .map((part) =>
      part.type === "text" ? { type: "text", text: part.text, ...mark(part.cache) } : encodeImage(part, mark),
    );
}

function encodeResult(
  id: string,
  { failed, cache }: ToolResultPart,
  content: object[],
  mark: WriteMark,
): object {
  return {
    ...resultOf(id),
    ...(content.length > 0 && { content }),
    ...(failed && { is_error: true }),
    ...mark(cache),
  };
}

function resultOf(id: string): object {
  return { type: "tool_result", tool_use_id: id };
}

/** An object is wanted here. What a model wrote that is none is kept as text, so that nobody's history breaks a request. */
function inputOf(text: string): object {
  const input = text.trim() === "" ? {} : parseJson(text);
  return isJsonObject(input) ? input : { invalid_json: text };
}
