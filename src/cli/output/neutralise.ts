/** Takes terminal control sequences out of a text that arrives in pieces. */
export interface Neutraliser {
  push(text: string): string;
}

/** Longest sequence that is taken out whole; what comes after it is plain text again. */
const MAX_SEQUENCE = 8192;

/**
 * What stands in no harmless text: control characters but tab and newline, DEL, the C1 range, characters that turn the
 * direction of writing, and those that cannot be seen. Joiners stay: emoji and several scripts need them.
 */
const SUSPECT = /[^\P{Cc}\t\n]|[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;

/**
 * `text`: ordinary. `escape`: after ESC. `control`: inside `ESC [ …`. `string`: inside a title, link, clipboard or device
 * string. `string-escape`: after an ESC in one.
 */
type State = "text" | "escape" | "control" | "string" | "string-escape";

/**
 * A neutraliser for one stream. A sequence is dropped whole, also when pieces split it; one that nobody ends gives up at
 * the end of its line, so that an answer cannot be swallowed.
 */
export function neutraliser(): Neutraliser {
  let state: State = "text";
  let length = 0;
  const enter = (next: State): void => {
    state = next;
    length = 0;
  };
  const keep = (character: string): string => {
    const code = character.charCodeAt(0);
    if (code === 0x1b) enter("escape");
    else if (code === 0x9b) enter("control");
    else if (opensString(code)) enter("string");
    else if (!SUSPECT.test(character)) return character;
    return "";
  };
  const abandon = (character: string): string => {
    enter("text");
    return keep(character);
  };
  const step = (character: string): string => {
    const code = character.charCodeAt(0);
    length += 1;
    switch (state) {
      case "text":
        return keep(character);
      case "escape":
        if (character === "[") enter("control");
        else if ("]PX^_".includes(character)) enter("string");
        else if (code >= 0x30 && code <= 0x7e) enter("text");
        else if (code < 0x20 || code > 0x2f) return abandon(character);
        return "";
      case "control":
        if (code >= 0x40 && code <= 0x7e) enter("text");
        else if (code < 0x20 || code > 0x3f || length > MAX_SEQUENCE) return abandon(character);
        return "";
      case "string":
        if (code === 0x1b) state = "string-escape";
        else if (code === 0x07 || code === 0x9c || code === 0x18 || code === 0x1a) enter("text");
        else if (character === "\n" || length > MAX_SEQUENCE) return abandon(character);
        return "";
      case "string-escape":
        if (character === "\\") {
          enter("text");
          return "";
        }
        enter("escape");
        return step(character);
    }
  };
  return {
    push(text) {
      if (state === "text" && !SUSPECT.test(text)) return text;
      let clean = "";
      for (let at = 0; at < text.length; at += 1) clean += step(text.charAt(at));
      return clean;
    },
  };
}

/** A whole text with its terminal control sequences taken out. */
export function neutralise(text: string): string {
  return neutraliser().push(text);
}

/** C1 forms of the introducers of device, title, privacy and program strings. */
function opensString(code: number): boolean {
  return code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f);
}
