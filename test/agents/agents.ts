/** Where an agent finds `nexus serve`, and what it is to ask there. */
export interface Target {
  /** The server's root. */
  readonly url: string;
  /** Name of a profile. */
  readonly model: string;
}

/** A coding agent that runs on a command line, set up as its documentation says. */
export interface Agent {
  readonly name: string;
  /** From the npm registry. */
  readonly package: string;
  readonly bin: string;
  /** The door it asks at. */
  readonly door: string;
  /** What it needs in its environment to ask nexus and nobody else. */
  env(target: Target): Readonly<Record<string, string>>;
  /** Files below its home directory. */
  files?(target: Target): Readonly<Record<string, string>>;
  /** Arguments of a run without a terminal. */
  args(target: Target, prompt: string): readonly string[];
  /** What keeps it from asking others than nexus: telemetry, updates, lists of models. */
  readonly quiet: Readonly<Record<string, string>>;
  /** Whom it asks all the same, past any proxy, and for what. */
  readonly asksAnyway?: { readonly host: string; readonly what: string };
}

/** Every agent that is run. */
export const AGENTS: readonly Agent[] = [
  {
    name: "Claude Code",
    package: "@anthropic-ai/claude-code@2.1.330",
    bin: "claude",
    door: "POST /v1/messages",
    env: ({ url, model }) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: "unused",
      ANTHROPIC_MODEL: model,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    }),
    quiet: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" },
    args: (_target, prompt) => ["-p", prompt, "--allowedTools", "Bash(cat:*)"],
  },
  {
    name: "Codex",
    package: "@openai/codex@0.169.0",
    bin: "codex",
    door: "POST /v1/responses",
    env: () => ({ NEXUS_KEY: "unused" }),
    quiet: {},
    files: ({ url, model }) => ({
      ".codex/config.toml": `model = "${model}"
model_provider = "nexus"
check_for_update_on_startup = false

[model_providers.nexus]
name = "nexus"
base_url = "${url}/v1"
env_key = "NEXUS_KEY"
wire_api = "responses"

[analytics]
enabled = false
`,
    }),
    args: (_target, prompt) => ["exec", "--skip-git-repo-check", "--sandbox", "read-only", prompt],
  },
  {
    name: "opencode",
    package: "opencode-ai@1.18.33",
    bin: "opencode",
    door: "POST /v1/chat/completions",
    env: () => ({}),
    quiet: {
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    },
    files: ({ url, model }) => ({
      ".config/opencode/opencode.json": `${JSON.stringify(
        {
          model: `nexus/${model}`,
          share: "disabled",
          provider: {
            nexus: {
              npm: "@ai-sdk/openai-compatible",
              options: { baseURL: `${url}/v1`, apiKey: "unused" },
              models: { [model]: {} },
            },
          },
        },
        null,
        2,
      )}\n`,
    }),
    args: (_target, prompt) => ["run", prompt],
  },
  {
    name: "Gemini CLI",
    package: "@google/gemini-cli@0.61.0",
    bin: "gemini",
    door: "POST /v1beta/models/…:streamGenerateContent",
    env: ({ url }) => ({
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_API_KEY: "unused",
      GEMINI_CLI_TRUST_WORKSPACE: "true",
    }),
    quiet: {},
    files: () => ({
      ".gemini/settings.json": `${JSON.stringify(
        {
          security: { auth: { selectedType: "gemini-api-key" } },
          privacy: { usageStatisticsEnabled: false },
          general: { enableAutoUpdate: false },
        },
        null,
        2,
      )}\n`,
    }),
    args: ({ model }, prompt) => ["-m", model, "-p", prompt],
  },
  {
    name: "Continue",
    package: "@continuedev/cli@1.5.47",
    bin: "cn",
    door: "POST /v1/chat/completions",
    env: () => ({}),
    quiet: { CONTINUE_CLI_AUTO_UPDATED: "1" },
    asksAnyway: { host: "api.continue.dev", what: "its newest version" },
    files: ({ url, model }) => ({
      ".continue/config.yaml": `name: nexus
version: 1.0.0
schema: v1
models:
  - name: nexus
    provider: openai
    model: ${model}
    apiBase: ${url}/v1
    apiKey: unused
`,
    }),
    // Without a terminal it asks nobody before it runs a command.
    args: (_target, prompt) => ["-p", prompt, "--exclude", "Bash"],
  },
];
