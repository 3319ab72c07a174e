import type { BackendType } from "../core/backend.ts";
import type { BackendRecord } from "./record.ts";

/** A cloud that needs nothing but a key. */
export interface Preset {
  readonly record: BackendRecord & { readonly url: string };
  /** Environment variables that may hold its key, first set one wins. */
  readonly env: readonly string[];
  /** What is asked when the user names neither profile nor model. */
  readonly defaultModel: string;
  /** Request parameters this provider reads beyond those of its type. */
  readonly extraParams?: readonly string[];
  /** What it is known to serve, for when its list does not come. */
  readonly usualModels?: readonly string[];
}

/**
 * Clouds that are known by name, in the order in which one becomes the default. Variables that machines hold for other
 * purposes (`GITHUB_TOKEN`, `HF_TOKEN`) make no preset: a prompt must not travel because of one.
 */
export const PRESETS: Readonly<Record<string, Preset>> = {
  openai: {
    record: { type: "openai", url: "https://api.openai.com/v1" },
    env: ["OPENAI_API_KEY"],
    defaultModel: "gpt-4o-mini",
    usualModels: [
      ...["gpt-5.5", "gpt-5.4", "gpt-5.4-mini", "gpt-5.1", "gpt-5", "gpt-5-mini", "gpt-5-nano"],
      ...["gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini", "o3", "o3-mini", "o4-mini"],
    ],
  },
  anthropic: {
    record: { type: "anthropic", url: "https://api.anthropic.com/v1" },
    env: ["ANTHROPIC_API_KEY"],
    defaultModel: "claude-sonnet-4-5",
    usualModels: [
      ...["claude-opus-5", "claude-sonnet-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6"],
      ...["claude-sonnet-4-6", "claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-1"],
    ],
  },
  google: {
    record: { type: "google", url: "https://generativelanguage.googleapis.com/v1beta" },
    env: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    defaultModel: "gemini-3.5-flash-lite",
    usualModels: [
      ...["gemini-3.8-flash", "gemini-3.5-flash", "gemini-3.5-flash-lite", "gemini-3-flash-preview"],
      ...["gemini-3.1-pro-preview", "gemini-3.1-flash-lite"],
      ...["gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite"],
    ],
  },
  groq: {
    record: { type: "openai", url: "https://api.groq.com/openai/v1" },
    env: ["GROQ_API_KEY"],
    defaultModel: "llama-3.3-70b-versatile",
    extraParams: ["reasoning_format"],
  },
  openrouter: {
    record: { type: "openai", url: "https://openrouter.ai/api/v1" },
    env: ["OPENROUTER_API_KEY"],
    defaultModel: "openrouter/auto",
    extraParams: [
      "top_k",
      "top_a",
      "min_p",
      "repetition_penalty",
      "provider",
      "reasoning",
      "models",
      "plugins",
    ],
  },
  mistral: {
    record: { type: "openai", url: "https://api.mistral.ai/v1" },
    env: ["MISTRAL_API_KEY"],
    defaultModel: "mistral-small-latest",
    extraParams: ["random_seed", "safe_prompt", "prompt_mode"],
  },
  deepseek: {
    record: { type: "openai", url: "https://api.deepseek.com/v1" },
    env: ["DEEPSEEK_API_KEY"],
    defaultModel: "deepseek-v4-flash",
    extraParams: ["thinking"],
  },
  xai: {
    record: { type: "openai", url: "https://api.x.ai/v1" },
    env: ["XAI_API_KEY"],
    defaultModel: "grok-4",
  },
  together: {
    record: { type: "openai", url: "https://api.together.ai/v1" },
    env: ["TOGETHER_API_KEY"],
    defaultModel: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    extraParams: ["top_k", "min_p", "repetition_penalty", "safety_model"],
  },
  fireworks: {
    record: { type: "openai", url: "https://api.fireworks.ai/inference/v1" },
    env: ["FIREWORKS_API_KEY"],
    defaultModel: "accounts/fireworks/models/llama-v3p3-70b-instruct",
    extraParams: ["top_k", "min_p", "repetition_penalty", "prompt_truncate_len"],
  },
  cerebras: {
    record: { type: "openai", url: "https://api.cerebras.ai/v1" },
    env: ["CEREBRAS_API_KEY"],
    defaultModel: "gpt-oss-120b",
  },
  /** Has no listing of models, so they are stated here. */
  perplexity: {
    record: {
      type: "openai",
      url: "https://api.perplexity.ai",
      models: ["sonar", "sonar-pro", "sonar-reasoning-pro", "sonar-deep-research"],
    },
    env: ["PERPLEXITY_API_KEY"],
    defaultModel: "sonar",
    extraParams: [
      "top_k",
      "search_domain_filter",
      "search_recency_filter",
      "search_mode",
      "web_search_options",
    ],
  },
  nvidia: {
    record: { type: "openai", url: "https://integrate.api.nvidia.com/v1" },
    env: ["NVIDIA_API_KEY"],
    defaultModel: "meta/llama-3.3-70b-instruct",
    extraParams: ["top_k", "min_p", "repetition_penalty", "chat_template_kwargs"],
  },
  deepinfra: {
    record: { type: "openai", url: "https://api.deepinfra.com/v1/openai" },
    env: ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"],
    defaultModel: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    extraParams: ["top_k", "min_p", "repetition_penalty"],
  },
  moonshot: {
    record: { type: "openai", url: "https://api.moonshot.ai/v1" },
    env: ["MOONSHOT_API_KEY"],
    defaultModel: "kimi-k2-turbo-preview",
  },
  cohere: {
    record: { type: "openai", url: "https://api.cohere.ai/compatibility/v1" },
    env: ["COHERE_API_KEY", "CO_API_KEY"],
    defaultModel: "command-a-03-2025",
  },
  "ollama-cloud": {
    record: { type: "openai", url: "https://ollama.com/v1" },
    env: ["OLLAMA_API_KEY"],
    defaultModel: "gpt-oss:120b",
  },
};

/** What a backend is known to serve where its list does not come: by its provider, else by a type that one provider alone has. */
export function usualModels(type: BackendType, provider: Preset | undefined): readonly string[] {
  const own = type === "openai" ? undefined : presetNamed(type);
  return (provider ?? own)?.usualModels ?? [];
}

/** The preset of this name, if there is one. */
export function presetNamed(name: string): Preset | undefined {
  return Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
}

/** The preset whose provider listens at this origin, if there is one. */
export function presetAt(origin: string): Preset | undefined {
  return Object.values(PRESETS).find(({ record }) => new URL(record.url).origin === origin);
}
