import type { Json } from "../core/json.ts";

/** A value as people type it: JSON where it parses, else the text itself. */
export function jsonOrText(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
