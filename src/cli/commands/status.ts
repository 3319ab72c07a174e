import type { Register } from "../program.ts";
import type { ServerFlags } from "../running-server.ts";

/** The flags of `nexus status`, and of `nexus status reset`. */
export interface StatusFlags extends ServerFlags {
  readonly json?: boolean;
  readonly profile?: string;
  readonly watch?: boolean;
}

/** `nexus status`: what all nexus processes know of the backends. */
export const register: Register = (parent, run) => {
  const status = parent
    .command("status")
    .description("Show which backends are being left alone, since when, and until when.")
    .option("-p, --profile <name>", "only its members, judged with its own settings")
    .option("--port <port>", "of the running server that is to tell, where several run")
    .option("--watch", "look again every 2 s, until Ctrl-C")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  nexus status
  nexus status --profile failover-lb
  nexus status --watch
  nexus status --json | jq -r '.breakers[] | select(.state != "closed") | .backend'

closed: it is asked. open: it failed too often and is left alone. half-open: a few requests try whether it is back.
cooling down: it said how long it wants to be left alone. All processes share these facts, and each profile judges them
with its own settings (\`nexus profile set --help\`); without --profile the settings of bare models are used.
While a \`nexus serve\` runs, this is its view ("view": "server"), with its backends; else that of the shared files
("view": "fresh").`,
    )
    .action(
      run<StatusFlags>(async (context, flags) => {
        const { showStatus } = await import("../status/show.ts");
        if (!flags.watch) return showStatus(context, flags);
        const { watched } = await import("../status/watch.ts");
        return watched(context, () => showStatus(context, flags));
      }),
    );

  status
    .command("reset")
    .description(
      "Forget failures, cool-downs and probes: of a backend, a model or a profile's members, or of all.",
    )
    .argument(
      "[name]",
      "a backend, a model as in llama3.2@ollama, or a profile (default: everything, turns included)",
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  nexus status reset
  nexus status reset ollama
  nexus status reset llama3.2@ollama
  nexus status reset failover-lb`,
    )
    .action(
      run<StatusFlags>(async (context, flags, [name]) => {
        const { resetStatus } = await import("../status/reset.ts");
        return resetStatus(context, name, flags);
      }),
    );
};
