/** Wire formats a backend can speak. One row of `dialects/index.ts` each. */
export const DIALECT_NAMES = ["openai-chat", "openai-responses", "anthropic", "gemini", "ollama"] as const;

/** One of them. */
export type DialectName = (typeof DIALECT_NAMES)[number];

/** Kinds of upstream servers. One row of `backends/types.ts` each. */
export type BackendType =
  | "ollama"
  | "vllm"
  | "llamacpp"
  | "exo"
  | "lmstudio"
  | "generic"
  | "openai"
  | "anthropic"
  | "google";

/** `restricted`: data stays on machines the user controls. `open`: anywhere. */
export type Zone = "restricted" | "open";

/** What a model may be able to do beyond text. */
export type Capability = "vision" | "tools" | "json";

/** A model as configured or listed. Absent facts are unknown, and an unknown fact rules nothing out. */
export interface ModelInfo {
  readonly id: string;
  /** Tokens that prompt and answer may use together. */
  readonly contextLength?: number;
  readonly maxOutputTokens?: number;
  /** When stated: exactly these. */
  readonly capabilities?: readonly Capability[];
  /** Its backend passes what it is sent on to somebody else's machines. */
  readonly elsewhere?: true | undefined;
}

/** Clocks of one attempt, all in milliseconds. */
export interface Timeouts {
  readonly connectMs: number;
  /** Streams: until the first real content. */
  readonly firstContentMs: number;
  /** Unstreamed calls: until the whole answer. */
  readonly answerMs: number;
  /** Streams: longest silence between pieces of real content. */
  readonly idleMs: number;
  /** To the commit point, or a whole unstreamed answer. */
  readonly totalMs: number;
}

/** A completion that costs something, sent to learn whether a backend answers. Opt-in. */
export interface Probe {
  readonly model: string;
  /** At most so many in 24 hours, spread over them. */
  readonly perDay: number;
}

/** Where a backend's key comes from. The key itself is never configuration. */
export interface KeySource {
  /** Names of environment variables, first set one wins. */
  readonly env: readonly string[];
  /** Name of a stored key. */
  readonly ref?: string;
  /** Whether the backend cannot work without a key (cloud types). */
  readonly required: boolean;
}

/** One upstream server, with every default filled in. */
export interface Backend {
  readonly name: string;
  readonly type: BackendType;
  readonly dialect: DialectName;
  /** Dialects that it speaks beside its own. */
  readonly alsoSpeaks: readonly DialectName[];
  /** Base address, `/v1` included where the dialect wants it, without a trailing slash. */
  readonly url: string;
  readonly key: KeySource;
  readonly zone: Zone;
  /** 0 to 5, higher is more capable. */
  readonly tier: number;
  /** Lower is preferred. */
  readonly priority: number;
  /** Most requests of one process at the same time; undefined: as many as there are. */
  readonly maxConcurrent?: number;
  /** Models stated in the configuration; undefined: ask the server. */
  readonly models?: readonly ModelInfo[];
  /** Stand in while its own list does not come. */
  readonly usualModels: readonly ModelInfo[];
  /** Undefined: health checks cost nothing. */
  readonly probe?: Probe;
  readonly timeouts: Timeouts;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of request parameters beyond OpenAI's that this type of server knows (`num_ctx`, `top_k`, …). */
  readonly extraParams: readonly string[];
  /** Where the record came from: the file, a preset, a local server found on its port, or one that announced itself. */
  readonly source: "configured" | "preset" | "detected" | "announced";
}

/** A secret with the text kept out of every printout. */
export interface Secret {
  /** The text, for the one header it belongs in. */
  reveal(): string;
  /** Tells keys apart in shared facts without telling them. */
  readonly fingerprint: string;
}
