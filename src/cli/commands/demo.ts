import type { Register } from "../program.ts";

/** `nexus demo`: the main job over two scripted backends, one of which fails. */
export const register: Register = (parent, run, nexus) => {
  parent
    .command("demo")
    .description("Watch a load balancer fail over, with two backends that run inside this program.")
    .addHelpText(
      "after",
      `
Examples:
  nexus demo

It needs no key, no network and no configuration, and leaves nothing behind. Exit code 0: every failover happened.`,
    )
    .action(
      run(async (context) => {
        const { runDemo } = await import("../demo/run.ts");
        return runDemo(context, nexus);
      }),
    );
};
