/** A client that somebody else wrote, as its script (`test/clients/`) uses it. */
export interface SdkClient {
  /** `test/clients/sdk-<name>.mjs`. */
  readonly name: string;
  /** Its rows of the table, each with the beginning of the names of its checks. What no other row claims stands in the one with "". */
  readonly rows: Readonly<Record<string, string>>;
  /** For its script. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Every client. */
export const CLIENTS: readonly SdkClient[] = [
  {
    name: "openai",
    rows: { "`openai`: chat, embeddings, models": "", "`openai`: responses": "responses" },
  },
  { name: "anthropic", rows: { "`@anthropic-ai/sdk`": "" } },
  { name: "google", rows: { "`@google/genai`": "" } },
  { name: "ollama", rows: { "`ollama`": "" } },
  {
    name: "ai",
    rows: {
      "`ai` with `@ai-sdk/openai`: chat": "openai",
      "`ai` with `@ai-sdk/openai`: responses": "openai-responses",
      "`ai` with `@ai-sdk/openai-compatible`": "compatible",
      "`ai` with `@ai-sdk/anthropic`": "anthropic",
      "`ai` with `@ai-sdk/google`": "google",
    },
  },
];

/** The row of a client's check: the one with the longest beginning of its name. */
export function rowOf({ rows }: SdkClient, check: string): string {
  const [row] =
    Object.entries(rows)
      .filter(([, beginning]) => check.startsWith(beginning))
      .toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (row === undefined) throw new Error(`no row claims the check ${check}`);
  return row;
}
