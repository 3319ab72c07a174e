import { Argument } from "commander";
import type { Register } from "../program.ts";
import type { JsonFlag } from "./profile.ts";

/** `nexus config …`: the configuration file. */
export const register: Register = (parent, run) => {
  const config = parent.command("config").description("Read and change the configuration file.");
  config.addHelpText(
    "after",
    "\nExamples:\n  nexus config list\n  nexus config set default_profile failover-lb",
  );

  config
    .command("get")
    .description("Print the value of a key; exit 3 when it is not set.")
    .argument("<key>", 'dotted path, as default_profile or backends.box.url; "a.b" in quotes is one name')
    .option("--json", "print JSON, texts in quotes too")
    .addHelpText("after", "\nExample:\n  nexus config get backends.box.url")
    .action(
      run<JsonFlag>(async (context, flags, args) =>
        (await import("../config/get.ts")).getKey(context, flags, args),
      ),
    );

  config
    .command("set")
    .description("Set a key. The result is checked before anything is written.")
    .argument("<key>", "dotted path")
    .argument("<value>", "JSON where it parses, else text")
    .addHelpText(
      "after",
      "\nExamples:\n  nexus config set default_profile failover-lb\n  nexus config set backends.box.tier 3\n  nexus config set routing.settings.failover_retry_count 2",
    )
    .action(run(async (context, _flags, args) => (await import("../config/set.ts")).setKey(context, args)));

  config
    .command("unset")
    .description("Remove a key.")
    .argument("<key>", "dotted path")
    .addHelpText("after", "\nExample:\n  nexus config unset backends.box.tier")
    .action(run(async (context, _flags, args) => (await import("../config/set.ts")).unsetKey(context, args)));

  config
    .command("list")
    .description("List every key that is set, with its value.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  nexus config list --json | jq .backends")
    .action(
      run<JsonFlag>(async (context, flags) => (await import("../config/list.ts")).listKeys(context, flags)),
    );

  config
    .command("path")
    .description("Print where the configuration file is, or would be.")
    .option("--json", "print every path as JSON")
    .addHelpText("after", '\nExample:\n  ls -l "$(nexus config path)"')
    .action(
      run<JsonFlag>(async (context, flags) => (await import("../config/path.ts")).printPath(context, flags)),
    );

  config
    .command("edit")
    .description("Edit the configuration file in $VISUAL or $EDITOR; a mistake leaves the old one in place.")
    .addHelpText("after", "\nExample:\n  EDITOR=nano nexus config edit")
    .action(run(async (context) => (await import("../config/edit.ts")).editConfig(context)));

  config
    .command("validate")
    .description("Check the configuration file and every profile: exit 3 and say what is wrong.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  nexus config validate && nexus chat hello")
    .action(
      run<JsonFlag>(async (context, flags) =>
        (await import("../config/validate.ts")).validateConfig(context, flags),
      ),
    );

  config
    .command("schema")
    .description("Print the JSON Schema of a file, for editors.")
    .addArgument(new Argument("[file]", "which file").choices(["config", "profile"]).default("config"))
    .addHelpText("after", "\nExample:\n  nexus config schema profile > profile.schema.json")
    .action(
      run(async (context, _flags, args) => (await import("../config/schema.ts")).printSchema(context, args)),
    );
};
