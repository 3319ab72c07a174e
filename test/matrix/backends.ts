import type { BackendType, DialectName } from "../../src/core/backend.ts";

/** A backend of each dialect, as a user configures it. */
export const BACKENDS: readonly {
  readonly dialect: DialectName;
  readonly record: { readonly type: BackendType; readonly dialect?: DialectName };
}[] = [
  { dialect: "openai-chat", record: { type: "generic" } },
  { dialect: "gemini", record: { type: "google" } },
];
