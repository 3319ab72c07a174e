import type { BackendType, DialectName } from "../core/backend.ts";

/** What nexus knows of one kind of server. */
export interface TypeRow {
  readonly dialect: DialectName;
  /** Cloud types are somebody else's machines wherever they listen. */
  readonly place: "local" | "cloud";
  /** Where it listens unless told otherwise. */
  readonly port?: number;
  /** Request parameters beyond OpenAI's that this server reads. */
  readonly extraParams: readonly string[];
  /** How addresses end at which it speaks OpenAI chat instead of a dialect of its own. */
  readonly openaiAt?: string;
  /** Servers of this type have no embeddings. */
  readonly embeds?: false;
  /** What its list puts before the names of models and its users leave out. */
  readonly idPrefix?: string;
}

/** Every type of backend. */
export const BACKEND_TYPES: Readonly<Record<BackendType, TypeRow>> = {
  /** Its own API, for `/v1` reads neither the size of the window nor how long the model stays: https://docs.ollama.com/api/openai-compatibility */
  ollama: {
    dialect: "ollama",
    openaiAt: "/v1",
    place: "local",
    port: 11434,
    extraParams: [
      "num_ctx",
      "num_predict",
      "num_keep",
      "num_gpu",
      "keep_alive",
      "top_k",
      "min_p",
      "typical_p",
      "repeat_penalty",
      "repeat_last_n",
      "think",
      "format",
      "options",
    ],
  },
  /** https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, "Extra parameters". */
  vllm: {
    dialect: "openai-chat",
    place: "local",
    port: 8000,
    extraParams: [
      "top_k",
      "min_p",
      "repetition_penalty",
      "length_penalty",
      "use_beam_search",
      "best_of",
      "stop_token_ids",
      "include_stop_str_in_output",
      "ignore_eos",
      "min_tokens",
      "skip_special_tokens",
      "spaces_between_special_tokens",
      "truncate_prompt_tokens",
      "prompt_logprobs",
      "echo",
      "add_generation_prompt",
      "continue_final_message",
      "add_special_tokens",
      "documents",
      "chat_template",
      "chat_template_kwargs",
      "mm_processor_kwargs",
      "structured_outputs",
      "guided_json",
      "guided_regex",
      "guided_choice",
      "guided_grammar",
      "priority",
      "bad_words",
    ],
  },
  /** https://github.com/ggml-org/llama.cpp/tree/master/tools/server: everything `/completion` reads. */
  llamacpp: {
    dialect: "openai-chat",
    place: "local",
    port: 8080,
    extraParams: [
      "top_k",
      "min_p",
      "typical_p",
      "top_n_sigma",
      "xtc_probability",
      "xtc_threshold",
      "dynatemp_range",
      "dynatemp_exponent",
      "repeat_penalty",
      "repeat_last_n",
      "dry_multiplier",
      "dry_base",
      "dry_allowed_length",
      "dry_penalty_last_n",
      "dry_sequence_breakers",
      "mirostat",
      "mirostat_tau",
      "mirostat_eta",
      "grammar",
      "json_schema",
      "n_predict",
      "n_keep",
      "n_probs",
      "min_keep",
      "ignore_eos",
      "t_max_predict_ms",
      "id_slot",
      "cache_prompt",
      "samplers",
      "lora",
      "chat_template_kwargs",
      "reasoning_format",
      "reasoning_budget",
    ],
  },
  exo: {
    dialect: "openai-chat",
    place: "local",
    port: 52415,
    embeds: false,
    extraParams: ["top_k", "min_p", "repetition_penalty", "repetition_context_size", "enable_thinking"],
  },
  /** https://lmstudio.ai/docs/developer/openai-compat/chat-completions */
  lmstudio: {
    dialect: "openai-chat",
    place: "local",
    port: 1234,
    extraParams: ["top_k", "min_p", "repeat_penalty", "ttl", "draft_model"],
  },
  /** Samplers that most servers of open models share. */
  generic: {
    dialect: "openai-chat",
    place: "local",
    extraParams: [
      "top_k",
      "min_p",
      "typical_p",
      "repeat_penalty",
      "repetition_penalty",
      "chat_template_kwargs",
    ],
  },
  openai: {
    dialect: "openai-chat",
    place: "cloud",
    extraParams: [
      "service_tier",
      "store",
      "metadata",
      "prediction",
      "verbosity",
      "web_search_options",
      "prompt_cache_key",
      "prompt_cache_retention",
      "safety_identifier",
    ],
  },
  /** https://docs.anthropic.com/en/api/messages; https://docs.anthropic.com/en/docs/build-with-claude/embeddings: none */
  anthropic: {
    dialect: "anthropic",
    place: "cloud",
    extraParams: [
      "thinking",
      "top_k",
      "metadata",
      "output_config",
      "service_tier",
      "context_management",
      "mcp_servers",
      "container",
      "inference_geo",
    ],
    embeds: false,
  },
  /** `extra_body` and the prefix are of its OpenAI side: https://ai.google.dev/gemini-api/docs/openai */
  google: {
    dialect: "gemini",
    place: "cloud",
    openaiAt: "/openai",
    extraParams: ["top_k", "extra_body"],
    idPrefix: "models/",
  },
};

/** Names of all types, in the order they are told to people. */
export const TYPE_NAMES: readonly BackendType[] = [
  "ollama",
  "vllm",
  "llamacpp",
  "exo",
  "lmstudio",
  "generic",
  "openai",
  "anthropic",
  "google",
];

/** Whether a word is the name of a backend type. */
export function isBackendType(word: string): word is BackendType {
  return Object.hasOwn(BACKEND_TYPES, word);
}
