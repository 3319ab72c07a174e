import { Option } from "commander";
import type { Register } from "../program.ts";

/** `nexus key`: keys of backends, which are never part of the configuration. */
export const register: Register = (parent, run) => {
  const key = parent.command("key").description("The keys of backends: store, list and delete them.");
  key.addHelpText("after", "\nExamples:\n  nexus key set groq\n  nexus key list");

  key
    .command("set")
    .description("Store the key of a backend: typed unseen, or one line from standard input.")
    .argument("<name>", "the backend's name")
    .addOption(
      new Option("--store <store>", "where to keep it (default: the keyring, else a file)").choices([
        "keyring",
        "file",
      ]),
    )
    .addHelpText(
      "after",
      `
Examples:
  nexus key set groq
  pass show groq | nexus key set groq

No flag takes a key: other users of the machine could read it, and your shell would remember it. A key is kept in the
keyring of the operating system, or where there is none in secrets.json beside the configuration, which only you can
read. NEXUS_KEYRING=file always keeps it there.`,
    )
    .action(
      run<{ store?: "keyring" | "file" }>(async (context, flags, [name = ""]) => {
        const { setKey } = await import("../key/set.ts");
        return setKey(context, name, flags);
      }),
    );

  key
    .command("list")
    .description("List where keys are kept: names only, never the keys.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  nexus key list\n  nexus key list --json | jq -r '.[].name'")
    .action(
      run<{ json?: boolean }>(async (context, flags) => {
        const { showKeys } = await import("../key/list.ts");
        return showKeys(context, flags);
      }),
    );

  key
    .command("delete")
    .description("Delete a stored key.")
    .argument("<name>", "its name")
    .option("--force", "do not ask")
    .addHelpText("after", "\nExamples:\n  nexus key delete groq --force")
    .action(
      run<{ force?: boolean }>(async (context, flags, [name = ""]) => {
        const { removeKey } = await import("../key/delete.ts");
        return removeKey(context, name, flags);
      }),
    );
};
