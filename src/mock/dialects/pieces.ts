import { isObject } from "../../core/json.ts";

/** A text in two pieces, none of them empty. */
export function halves(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((half) => half !== "");
}

/** What the user said last, of messages whose content is a text or a list of parts. */
export function lastUserText(messages: readonly unknown[]): string {
  const last = messages.findLast((entry) => isObject(entry) && entry["role"] === "user");
  const content = isObject(last) ? last["content"] : undefined;
  return typeof content === "string" ? content : textOfParts(content);
}

/** The texts of a list of parts, joined. */
export function textOfParts(parts: unknown): string {
  if (!Array.isArray(parts)) return "";
  return parts
    .map((part: unknown) => (isObject(part) && typeof part["text"] === "string" ? part["text"] : ""))
    .join("");
}
