import { Option } from "commander";
import type { CommandContext } from "../app.ts";
import { collect } from "../collect.ts";
import type { Register } from "../program.ts";
import type { ChatFlags } from "./chat.ts";

/** `nexus explain`: whom a request would go to, and why. */
export const register: Register = (parent, run) => {
  parent
    .command("explain")
    .description("Say whom a request would go to, in order, and who is ruled out by what; nothing is sent.")
    .argument("[name]", "profile, alias or model; not with --profile or --model")
    .argument("[prompt...]", "what would be asked, where its length matters; also from standard input")
    .option("-p, --profile <name>", "profile to go through")
    .option("-m, --model <name>", "model (or alias, or profile)")
    .option("-f, --file <file>", "body of an OpenAI chat request, instead of a prompt")
    .option("-s, --system <text>", "system text")
    .option("--image <file>", "PNG, JPEG, GIF or WebP file, or an http(s) address, may be repeated", collect)
    .option("--set <key=value>", "request parameter, may be repeated", collect)
    .option("--json", "print JSON")
    .option("--no-fallback", "only candidates with the first model")
    .addOption(
      new Option("--zone <zone>", "restricted: only backends under your control").choices([
        "restricted",
        "open",
      ]),
    )
    .option("--min-tier <n>", "only backends of this tier (0 to 5) or higher")
    .option("--port <port>", "of the running server that is to explain, where several run")
    .option("-n, --no-stdin", "never read standard input")
    .addHelpText(
      "after",
      `
Examples:
  nexus explain gpt-4o
  nexus explain --profile failover-lb --zone restricted
  nexus explain --file request.json
  git diff | nexus explain fast --json | jq -r '.candidates[] | select(.usable) | .member'

While a \`nexus serve\` runs, it explains with what it knows at this moment ("view": "server"): health, requests under way,
circuits, servers found on the network. Without one the files of this machine are looked at ("view": "fresh").
The exit code is 0 when somebody would be asked, else that of the run: a script can rely on it.`,
    )
    .action(
      run<ExplainFlags>(async (context, { file, ...flags }, words) => {
        const [{ chat }, asked] = await Promise.all([
          import("../chat/run.ts"),
          file === undefined ? undefined : readRequest(file, context),
        ]);
        const stated = flags.profile !== undefined || flags.model !== undefined;
        const name = stated ? undefined : (words[0] ?? asked?.model);
        const target = name === undefined ? {} : { model: name };
        const prompt = stated ? words : words.slice(1);
        return chat(context, { ...flags, ...target, stream: true, explain: true }, prompt, asked?.request);
      }),
    );
};

type ExplainFlags = Omit<ChatFlags, "stream" | "file"> & { readonly file?: string };

async function readRequest(file: string, { app }: CommandContext) {
  const { readRequestFile } = await import("../explain/request-file.ts");
  return readRequestFile(file, app);
}
