import type { DialectName } from "../../src/core/backend.ts";

/** Checks that cannot pass, and why. A check that fails and stands here with no reason of its own fails the test; so does one that passes. */
export interface NotServed {
  /** Names of scripts; absent: all. */
  readonly clients?: readonly string[];
  readonly checks: RegExp;
  /** Backends; absent: all. */
  readonly over?: readonly DialectName[];
  /** What the check says when it fails for this reason. */
  readonly says: RegExp;
  /** For the reader of the table. */
  readonly reason: string;
}

/** Everything that no table may hide. */
export const NOT_SERVED: readonly NotServed[] = [
  {
    checks: /error 401 /,
    says: /\b502\b/,
    reason:
      "A backend that refuses nexus's key (401) is 502 `upstream_auth` at every door: a 401 would blame the client's own key, which is in order.",
  },
  {
    clients: ["openai", "google", "ai"],
    checks: /embed/i,
    over: ["anthropic"],
    says: /no embeddings|timed out/,
    reason:
      "Anthropic has no embeddings: 503 `no_capable_backend` says so at once; `ai` asks again until its time is up.",
  },
  {
    clients: ["openai", "anthropic", "google", "ollama"],
    checks: /^chat developer role and n=1|stop_sequences|^generate text$|^chat system, options/,
    over: ["openai-responses"],
    says: /cannot carry stop/,
    reason: "OpenAI's Responses has no stop sequences: 422 names the field.",
  },
  {
    clients: ["ollama"],
    checks: /^chat format "json"$/,
    over: ["anthropic"],
    says: /cannot carry response_format/,
    reason: "Anthropic holds answers to a schema, and not to JSON of any shape: 422 names the field.",
  },
  {
    checks: /^toolConfig mode ANY|^tool_choice \{"type":"(any|tool)"|^anthropic (generate|stream)Object$/,
    over: ["ollama"],
    says: /cannot carry tool_choice/,
    reason:
      "Ollama cannot be made to call a tool: 422 names the field. (`ai` asks Anthropic for objects by a tool that has to be called.)",
  },
  {
    checks: /usage scripted$|usage with include_usage$/,
    over: ["ollama"],
    says: /strictly deep-equal/,
    reason:
      "The third-party mock counts no tokens when it plays Ollama, so that nexus estimates them. ([What Ollama counts is carried](dialects.md).)",
  },
  {
    checks: /parallel tools stream$/,
    clients: ["openai"],
    over: ["ollama"],
    says: /call_0/,
    reason: "Ollama gives calls no ids; nexus does, and they cannot be those of the script.",
  },
  {
    clients: ["ai"],
    checks: /^openai-responses parallel tools stream$/,
    over: ["openai-chat", "anthropic", "gemini", "ollama"],
    says: /Looking up both/,
    reason:
      "In OpenAI's Responses `ai` sends an earlier text as a reference to what OpenAI keeps, unless it is told `store: false`; nexus keeps nothing, and 422 names the reference.",
  },
];
