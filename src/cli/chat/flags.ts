import { jsonOrText } from "../../config/json-or-text.ts";
import type { Zone } from "../../core/backend.ts";
import type { Params } from "../../core/chat.ts";
import { parseDuration } from "../../core/duration.ts";
import type { Json } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import type { ChatFlags } from "../commands/chat.ts";

/** What the flags of a chat say, checked. */
export interface ChatOptions {
  readonly mode: "text" | "json" | "ndjson";
  readonly params: Params;
  /** Milliseconds for the whole run. */
  readonly timeoutMs?: number;
  readonly zone?: Zone;
  readonly minTier?: number;
}

/** Checks what the command line itself cannot. Throws `Problem` (usage) naming the flag. */
export function readFlags(flags: ChatFlags): ChatOptions {
  if (flags.json && flags.ndjson) throw wrong("--json and --ndjson exclude each other", "give one of them");
  if (flags.profile !== undefined && flags.model !== undefined) {
    throw wrong(
      "--profile and --model exclude each other",
      "give one of them; a profile names its models itself",
    );
  }
  const { timeout, zone, minTier } = flags;
  return {
    mode: flags.json ? "json" : flags.ndjson ? "ndjson" : "text",
    params: { ...readParams(flags.set ?? []), ...(flags.stream ? {} : { stream: false }) },
    ...(timeout === undefined ? {} : { timeoutMs: readTimeout(timeout) }),
    ...(zone === undefined ? {} : { zone: zone === "restricted" ? zone : "open" }),
    ...(minTier === undefined ? {} : { minTier: readTier(minTier) }),
  };
}

/** `key=value` texts as parameters; a value is JSON where it parses, else text. The last of a name wins. */
export function readParams(texts: readonly string[]): Params {
  const entries = texts.map((text): readonly [string, Json] => {
    const at = text.indexOf("=");
    if (at < 1) throw wrong(`--set ${text}: has to be key=value`, "for example: --set temperature=0.2");
    return [text.slice(0, at).trim(), jsonOrText(text.slice(at + 1))];
  });
  return Object.fromEntries(entries);
}

function readTimeout(text: string): number {
  const ms = parseDuration(text, "s");
  if (ms === undefined || ms <= 0) {
    throw wrong(
      `--timeout ${text}: has to be a time above zero`,
      "seconds, or with a unit: 15, 15s, 2m, 500ms",
    );
  }
  return ms;
}

function readTier(text: string): number {
  if (!/^[0-5]$/.test(text)) throw wrong(`--min-tier ${text}: has to be a whole number from 0 to 5`);
  return Number(text);
}

function wrong(message: string, hint?: string): Problem {
  return new Problem("usage", "usage", message, hint);
}
