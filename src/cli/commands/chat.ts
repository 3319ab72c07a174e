import { Option } from "commander";
import { collect } from "../collect.ts";
import type { Register } from "../program.ts";

/** `nexus chat`: one prompt and one answer, or a conversation. */
export const register: Register = (parent, run) => {
  parent
    .command("chat")
    .description(
      "Ask: the answer goes to stdout, what happened on the way to stderr. A conversation on a terminal.",
    )
    .argument("[prompt...]", "words are joined; - stands for standard input")
    .option("-p, --profile <name>", "profile to go through")
    .option("-m, --model <name>", "model (or profile), through every backend that serves it")
    .option("-s, --system <text>", "system text")
    .option("-f, --file <file>", "text file put before the prompt, may be repeated", collect)
    .option("--image <file>", "PNG, JPEG, GIF or WebP file, or an http(s) address, may be repeated", collect)
    .option("--set <key=value>", "request parameter, may be repeated; wins over the profile's", collect)
    .option("-c, --continue", "go on with the last session")
    .option("--session <name>", "go on with this session, or begin it")
    .option("--json", "print one JSON object instead of text")
    .option("--ndjson", "print one JSON event a line as they happen")
    .option("-q, --quiet", "print no notes on stderr")
    .option("--no-stream", "ask for the whole answer at once")
    .option("--no-fallback", "only candidates with the first model")
    .option("--timeout <time>", "limit of the whole run: seconds, or 15s, 2m")
    .addOption(
      new Option("--zone <zone>", "restricted: only backends under your control").choices([
        "restricted",
        "open",
      ]),
    )
    .option("--min-tier <n>", "only backends of this tier (0 to 5) or higher")
    .option("--explain", "print whom it would ask, and send nothing")
    .option("--debug", "tell each attempt on stderr as it happens")
    .option("--no-markdown", "in a conversation: show answers as they come, not rendered")
    .option("-n, --no-stdin", "never read standard input")
    .addHelpText(
      "after",
      `
Examples:
  nexus chat --profile failover-lb "Why is the sky blue?"
  git diff | nexus chat --profile failover-lb "write a commit message" > msg.txt
  nexus chat -p failover-lb --json "prompt" | jq -r .final_model
  nexus chat -m gpt-4o --image chart.png --set temperature=0 "What does this show?"
  nexus chat --session trip "Where is it warm in March?"
  nexus chat -c "And where is it cheap?"
  while read -r line; do nexus chat -n "Translate: $line"; done < lines.txt

Standard input is put before the prompt, with a blank line between. Without a prompt it is the prompt; on a terminal that is
a conversation, in which /help lists what there is.`,
    )
    .action(
      run<ChatFlags>(async (context, flags, words) => {
        const { chat } = await import("../chat/run.ts");
        return chat(context, flags, words);
      }),
    );
};

/** The flags of `nexus chat` as typed. */
export interface ChatFlags {
  readonly profile?: string;
  readonly model?: string;
  readonly system?: string;
  readonly file?: readonly string[];
  readonly image?: readonly string[];
  readonly set?: readonly string[];
  readonly continue?: boolean;
  readonly session?: string;
  readonly json?: boolean;
  readonly ndjson?: boolean;
  readonly stream: boolean;
  readonly fallback: boolean;
  readonly timeout?: string;
  readonly zone?: string;
  readonly minTier?: string;
  readonly explain?: boolean;
  /** False: at a prompt, answers as they come. */
  readonly markdown: boolean;
  /** Of the running server that explains. */
  readonly port?: string;
  readonly debug?: boolean;
  /** False: never read standard input. */
  readonly stdin: boolean;
}
