import type { BackendType, DialectName } from "../../src/core/backend.ts";

/** A backend of each dialect, as a user configures it. */
export const BACKENDS: readonly {
  readonly dialect: DialectName;
  readonly record: { readonly type: BackendType; readonly dialect?: DialectName };
}[] = [
  { dialect: "openai-chat", record: { type: "generic" } },
  { dialect: "openai-responses", record: { type: "openai", dialect: "openai-responses" } },
  { dialect: "anthropic", record: { type: "anthropic" } },
  { dialect: "gemini", record: { type: "google" } },
  { dialect: "ollama", record: { type: "ollama" } },
];
