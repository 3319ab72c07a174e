import type { Register } from "../program.ts";

/** `nexus serve`: the engine as a local proxy. */
export const register: Register = (parent, run) => {
  parent
    .command("serve")
    .description("Serve every profile, alias and model to OpenAI clients on this machine.")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <port>", "port to listen on (default: 8642)")
    .option("--token-env <name>", "variable that holds the access token clients have to send")
    .option("--log-format <format>", "pretty or json (default: pretty on a terminal)")
    .option("--debug", "tell each attempt")
    .addHelpText("after", HELP)
    .action(
      run<ServeFlags>(async (context, flags) => {
        const { serve } = await import("../serve/run.ts");
        return serve(context, flags);
      }),
    );
};

/** The flags of `nexus serve` as typed. */
export interface ServeFlags {
  readonly host?: string;
  readonly port?: string;
  readonly tokenEnv?: string;
  readonly logFormat?: string;
  readonly debug?: boolean;
}

const HELP = `
Examples:
  nexus serve &
  curl localhost:8642/v1/chat/completions -d '{"model":"failover-lb","messages":[{"role":"user","content":"hi"}]}'
  OPENAI_BASE_URL=http://127.0.0.1:8642/v1 OPENAI_API_KEY=unused any-openai-client
  ANTHROPIC_BASE_URL=http://127.0.0.1:8642 ANTHROPIC_API_KEY=unused claude --model failover-lb
  GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8642 GEMINI_API_KEY=unused gemini -m failover-lb

\`model\` is a profile, an alias or a model, for chats (OpenAI's /v1/chat/completions and /v1/responses, Anthropic's /v1/messages,
Gemini's /v1beta/models, Ollama's /api) and embeddings (/v1/embeddings).
Every answer tells in its headers who gave it (x-nexus-backend, x-nexus-chain, …); requests can be stricter than profiles:
x-nexus-zone, x-nexus-min-tier, x-nexus-strict.
The address stands on standard output as soon as the server is ready; each request is a line on standard error.
Changes of config.json and of profiles are in force within two seconds, on SIGHUP at once; what is broken in them is
told, and changes nothing. SIGTERM or SIGINT (Ctrl-C) lets requests under way end; a second one does not.`;
