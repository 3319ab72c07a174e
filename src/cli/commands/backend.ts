import { type Command, Option } from "commander";
import { collect } from "../collect.ts";
import type { Register } from "../program.ts";
import type { ServerFlags } from "../running-server.ts";

/** What the flags shared by `backend add` and `backend edit` state of a backend, as typed. */
export interface RecordFlags {
  readonly type?: string;
  readonly apiKeyEnv?: string;
  readonly apiKeyRef?: string;
  readonly zone?: "restricted" | "open";
  readonly tier?: string;
  readonly priority?: string;
  readonly maxConcurrent?: string;
  readonly model?: readonly string[];
  readonly header?: readonly string[];
  readonly timeout?: readonly string[];
}

/** The flags of `nexus backend add`. */
export interface AddFlags extends RecordFlags {
  readonly name?: string;
  /** Add it only when it answers. */
  readonly test?: boolean;
  readonly force?: boolean;
}

/** The flags of `nexus backend edit`. */
export interface EditFlags extends RecordFlags {
  readonly url?: string;
  readonly unset?: readonly string[];
}

/** `nexus backend`: the servers that answer. */
export const register: Register = (parent, run) => {
  const backend = parent
    .command("backend")
    .description("The servers that answer: add, list, test and change them.");
  backend.addHelpText("after", examples("nexus backend add http://127.0.0.1:11434", "nexus backend list"));

  withRecordFlags(
    backend
      .command("add")
      .description("Add a server by its address, or a known provider or type by its name.")
      .argument("[target]", "an address, a provider (openai, groq, …) or a type (ollama, vllm, …)")
      .option("--name <name>", "what to call it (default: after its type or provider)"),
  )
    .option("--test", "ask it for its models first, and add it only when it answers")
    .option("--force", "replace a backend of that name")
    .addHelpText(
      "after",
      `${examples(
        "nexus backend add http://127.0.0.1:11434",
        "nexus backend add groq                       its key: GROQ_API_KEY, or nexus key set groq",
        "nexus backend add 192.168.1.20:8000 --name box --tier 2 --priority 10",
        "nexus backend add https://llm.example.com/v1 --type openai --api-key-env WORK_KEY",
      )}

On a terminal and without a target, questions are asked.`,
    )
    .action(
      run<AddFlags>(async (context, flags, [target]) => {
        const { addOrAsk } = await import("../backend/add-or-ask.ts");
        return addOrAsk(context, target, flags);
      }),
    );

  backend
    .command("list")
    .description(
      "List the backends: configured ones, providers whose key is there, local servers that were found.",
    )
    .option("--json", "print JSON")
    .addHelpText("after", examples("nexus backend list", "nexus backend list --json | jq -r '.[].name'"))
    .action(
      run<{ json?: boolean }>(async (context, flags) => {
        const { listBackends } = await import("../backend/list.ts");
        return listBackends(context, flags);
      }),
    );

  backend
    .command("show")
    .description("Show one backend with every default filled in.")
    .argument("<name>", "its name")
    .option("--json", "print JSON")
    .addHelpText("after", examples("nexus backend show ollama"))
    .action(
      run<{ json?: boolean }>(async (context, flags, [name = ""]) => {
        const { showBackend } = await import("../backend/show.ts");
        return showBackend(context, name, flags);
      }),
    );

  withRecordFlags(
    backend
      .command("edit")
      .description("Change a backend: with flags, or without any in your editor.")
      .argument("<name>", "its name")
      .option("--url <address>", "its address"),
  )
    .option("--unset <key>", "go back to the default of a key, may be repeated", collect)
    .addHelpText(
      "after",
      examples(
        "nexus backend edit box --priority 20",
        "nexus backend edit box --unset zone",
        "nexus backend edit box",
      ),
    )
    .action(
      run<EditFlags>(async (context, flags, [name = ""]) => {
        const { editBackend } = await import("../backend/edit.ts");
        return editBackend(context, name, flags);
      }),
    );

  backend
    .command("remove")
    .description("Remove a backend. Profiles that use it stay as they are.")
    .argument("<name>", "its name")
    .option("--force", "do not ask, also when profiles use it")
    .addHelpText("after", examples("nexus backend remove box", "nexus backend remove box --force"))
    .action(
      run<{ force?: boolean }>(async (context, flags, [name = ""]) => {
        const { removeBackend } = await import("../backend/remove.ts");
        return removeBackend(context, name, flags);
      }),
    );

  backend
    .command("test")
    .description(
      "Ask backends for their models, which costs nothing: are they there, and do they take the key?",
    )
    .argument("[name]", "its name (default: all of them)")
    .option("--all", "all backends")
    .option("--port <port>", "of the running server that is to ask, where several run")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `${examples("nexus backend test", "nexus backend test ollama", "nexus backend test --json | jq -r '.backends[] | select(.ok) | .name'")}

While a \`nexus serve\` runs, it does the asking ("view": "server"), with its keys and its way through the network; else
this command does ("view": "fresh").
Exit codes: 0 all answered, 4 only keys are wrong or missing, 5 worth a later try, 6 otherwise.`,
    )
    .action(
      run<ServerFlags & { all?: boolean; json?: boolean }>(async (context, flags, [name]) => {
        const { testBackends } = await import("../backend/test.ts");
        return testBackends(context, name, flags);
      }),
    );

  for (const [command, description] of [
    [
      "drain",
      "Give a backend no further requests of the running server, until it is resumed or the server ends.",
    ],
    ["resume", "Give a drained backend requests of the running server again."],
  ] as const) {
    backend
      .command(command)
      .description(description)
      .argument("<name>", "its name")
      .option("--port <port>", "of the server, where several run")
      .addHelpText(
        "after",
        `${examples(`nexus backend ${command} ollama`)}

Requests that are under way end as they began. Nothing is written to the configuration. Without a server the exit code is 3.`,
      )
      .action(
        run<ServerFlags>(async (context, flags, [name = ""]) => {
          const { drainBackend } = await import("../backend/drain.ts");
          return drainBackend(context, command, name, flags);
        }),
      );
  }
};

function withRecordFlags(command: Command): Command {
  return command
    .option("--type <type>", "kind of server: ollama, vllm, llamacpp, exo, lmstudio, generic, openai, …")
    .option("--api-key-env <variable>", "environment variable that holds its key")
    .option("--api-key-ref <name>", "name of a key kept by `nexus key set`")
    .addOption(new Option("--zone <zone>", "whether data stays with you").choices(["restricted", "open"]))
    .option("--tier <0-5>", "how capable it is, higher is more")
    .option("--priority <number>", "lower is preferred")
    .option("--max-concurrent <number>", "most requests at the same time (default: any number)")
    .option("--model <id>", "a model it serves, may be repeated (default: ask it)", collect)
    .option("--header <name=value>", "an extra request header, may be repeated", collect)
    .option(
      "--timeout <name=time>",
      "connect, first-content, answer, idle or total, as in idle=90s; may be repeated",
      collect,
    );
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
