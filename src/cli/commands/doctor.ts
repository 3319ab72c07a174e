import type { Register } from "../program.ts";

/** `nexus doctor`: looks for what keeps nexus from working. */
export const register: Register = (parent, run) => {
  parent
    .command("doctor")
    .description("Check everything that nexus needs, and say what mends what is broken.")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  nexus doctor
  nexus doctor --json | jq -r '.findings[] | select(.level != "ok") | .text + ": " + .fix'

Looks at the configuration, profiles, permissions, keys (whether they are there, never what they are), backends and their
models (by requests that cost nothing), the clock, a server or its port, proxies, the state directory and the terminal.
Exit codes: 0 nothing is broken, 3 something is. Warnings do not count.`,
    )
    .action(
      run<{ json?: boolean }>(async (context, flags) => {
        const { doctor } = await import("../doctor/report.ts");
        return doctor(context, flags);
      }),
    );
};
