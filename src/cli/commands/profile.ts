import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultText, SETTINGS } from "../../config/settings-table.ts";
import { collect } from "../collect.ts";
import type { Register } from "../program.ts";

/** `nexus profile …`: saved models and load balancers. */
export const register: Register = (parent, run) => {
  const profile = parent.command("profile").description("Save, show and change profiles.");
  profile.addHelpText(
    "after",
    `
Examples:
  nexus profile save model fast --backend openai --model gpt-4o-mini
  nexus profile save loadbalancer failover-lb failover fast local
  nexus profile list`,
  );

  const save = profile.command("save").description("Save a model profile or a load balancer.");
  save.addHelpText(
    "after",
    `
Examples:
  nexus profile save model fast --backend openai --model gpt-4o-mini
  nexus profile save loadbalancer failover-lb failover fast local`,
  );
  const saveModel = save
    .command("model")
    .description("Save a backend, a model and parameters under a name.")
    .argument("[name]", "name of the profile")
    .option("--backend <name>", "backend that serves the model")
    .option("--model <id>", "model, as the backend calls it")
    .option("--set <key=value>", "request parameter, as temperature=0.2; may be repeated", collect, [])
    .option("--system <text>", "system text for requests that have none")
    .option("--context-limit <tokens>", "tokens that prompt and answer may use together", tokens)
    .addHelpText(
      "after",
      `
Examples:
  nexus profile save model fast  --backend openai --model gpt-4o-mini
  nexus profile save model local --backend ollama --model llama3.2 --set temperature=0.2 --set num_ctx=8192

A value is JSON where it parses (0.2, true, ["END"]), else text. On a terminal and without a name, questions are asked.`,
    );
  withTest(withForce(saveModel, "replace a profile of that name")).action(
    run<SaveModelFlags>(async (context, flags, args) => {
      const { saveOrAskModel } = await import("../profile/save-or-ask.ts");
      return saveOrAskModel(context, flags, args);
    }),
  );

  const saveBalancer = save
    .command("loadbalancer")
    .description("Save a policy over two or more profiles under a name.")
    .argument("[name]", "name of the profile")
    .argument("[policy]", "roundrobin (each request starts at the next member) or failover (in order)")
    .argument("[members...]", "profiles, models or load balancers; failover needs at least 2")
    .option(
      "--set <key=value>",
      "setting, or params.KEY for a request parameter; may be repeated",
      collect,
      [],
    )
    .addOption(new Option("--zone <zone>", "only backends of this zone").choices(["restricted", "open"]))
    .option("--min-tier <tier>", "only backends of this tier or above, 0 to 5", tier)
    .option("--context-limit <tokens>", "tokens that prompt and answer may use together", tokens)
    .addHelpText("after", balancerHelp);
  withTest(withForce(saveBalancer, "replace a profile of that name")).action(
    run<SaveBalancerFlags>(async (context, flags, args) => {
      const { saveOrAskBalancer } = await import("../profile/save-or-ask.ts");
      return saveOrAskBalancer(context, flags, args);
    }),
  );

  profile
    .command("list")
    .description("List the profiles and what each leads to.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  nexus profile list --json | jq -r '.[].name'")
    .action(
      run<JsonFlag>(async (context, flags) =>
        (await import("../profile/list.ts")).listProfiles(context, flags),
      ),
    );

  profile
    .command("show")
    .description("Show what a profile does, defaults included.")
    .argument("<name>", "name of the profile")
    .option("--tree", "only whom it leads to, drawn as a tree")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  nexus profile show failover-lb\n  nexus profile show failover-lb --tree",
    )
    .action(
      run<JsonFlag & { tree?: boolean }>(async (context, flags, args) =>
        (await import("../profile/show.ts")).showProfile(context, flags, args),
      ),
    );

  profile
    .command("edit")
    .description("Edit a profile's file in $VISUAL or $EDITOR; a mistake leaves the old one in place.")
    .argument("<name>", "name of the profile")
    .addHelpText("after", "\nExample:\n  EDITOR=nano nexus profile edit failover-lb")
    .action(
      run(async (context, _flags, args) => (await import("../profile/edit.ts")).editProfile(context, args)),
    );

  profile
    .command("set")
    .description("Set or remove values of a profile.")
    .argument("<name>", "name of the profile")
    .argument("[assignments...]", "key=value; an empty value removes the key")
    .option("--unset <key>", "remove a key; may be repeated", collect, [])
    .addHelpText("after", setHelp)
    .action(
      run<{ unset: readonly string[] }>(async (context, flags, args) =>
        (await import("../profile/set.ts")).setInProfile(context, flags, args),
      ),
    );

  const copy = profile
    .command("copy")
    .description("Copy a profile.")
    .argument("<name>", "name of the profile")
    .argument("<new-name>", "name of the copy")
    .addHelpText("after", "\nExample:\n  nexus profile copy failover-lb strict-lb");
  withForce(copy, "replace a profile of the new name").action(
    run<ForceFlag>(async (context, flags, args) =>
      (await import("../profile/copy.ts")).copyProfile(context, flags, args),
    ),
  );

  profile
    .command("rename")
    .description("Rename a profile; load balancers and the default follow.")
    .argument("<name>", "name of the profile")
    .argument("<new-name>", "its new name")
    .addHelpText("after", "\nExample:\n  nexus profile rename fast quick")
    .action(
      run(async (context, _flags, args) =>
        (await import("../profile/rename.ts")).renameProfile(context, args),
      ),
    );

  const remove = profile
    .command("delete")
    .description("Delete a profile that nothing refers to.")
    .argument("<name>", "name of the profile")
    .option("--cascade", "also take it out of load balancers and the default; one left too small goes too")
    .addHelpText("after", "\nExample:\n  nexus profile delete old --cascade --force");
  withForce(remove, "do not ask").action(
    run<ForceFlag & { cascade?: boolean }>(async (context, flags, args) =>
      (await import("../profile/delete.ts")).deleteProfile(context, flags, args),
    ),
  );

  profile
    .command("default")
    .description("Print the default profile, or make one the default.")
    .argument("[name]", "name of the profile")
    .option("--unset", "have no default")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  nexus profile default failover-lb")
    .action(
      run<JsonFlag & { unset?: boolean }>(async (context, flags, args) =>
        (await import("../profile/default.ts")).defaultProfile(context, flags, args),
      ),
    );

  profile
    .command("check")
    .description("Check profiles: exit 3 and say what is broken.")
    .argument("[names...]", "names of profiles; all without one")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  nexus profile check failover-lb")
    .action(
      run<JsonFlag>(async (context, flags, args) =>
        (await import("../profile/check.ts")).checkProfiles(context, flags, args),
      ),
    );

  const exporting = profile
    .command("export")
    .description("Print a profile's file, or write a copy of it.")
    .argument("<name>", "name of the profile")
    .argument("[file]", "where to write it; standard output without one")
    .addHelpText("after", "\nExample:\n  nexus profile export failover-lb > failover-lb.json");
  withForce(exporting, "replace a file that exists").action(
    run<ForceFlag>(async (context, flags, args) =>
      (await import("../profile/export.ts")).exportProfile(context, flags, args),
    ),
  );

  const importing = profile
    .command("import")
    .description("Save a profile from a file, also one of llxprt-code.")
    .argument("<file>", "the file; - reads standard input")
    .option("--name <name>", "name to save it under; that of the file without one")
    .addHelpText(
      "after",
      "\nExamples:\n  nexus profile import failover-lb.json\n  nexus profile import ~/.llxprt/profiles/work.json --name work",
    );
  withForce(importing, "replace a profile of that name").action(
    run<ForceFlag & { name?: string }>(async (context, flags, args) =>
      (await import("../profile/import.ts")).importProfile(context, flags, args),
    ),
  );
};

/** `--json` as parsed. */
export interface JsonFlag {
  readonly json?: boolean;
}

/** `--force` as parsed. */
export interface ForceFlag {
  readonly force?: boolean;
}

/** Save it only when it answers. */
interface TestFlag {
  readonly test?: boolean;
}

/** Flags of `profile save model` as parsed. */
export interface SaveModelFlags extends ForceFlag, TestFlag {
  readonly backend?: string;
  readonly model?: string;
  readonly set: readonly string[];
  readonly system?: string;
  readonly contextLimit?: number;
}

/** Flags of `profile save loadbalancer` as parsed. */
export interface SaveBalancerFlags extends ForceFlag, TestFlag {
  readonly set: readonly string[];
  readonly zone?: "restricted" | "open";
  readonly minTier?: number;
  readonly contextLimit?: number;
}

function withForce(command: Command, what: string): Command {
  return command.option("--force", what);
}

function withTest(command: Command): Command {
  return command.option("--test", "try it with one short question first, and save it only when it answers");
}

function tokens(value: string): number {
  return whole(value, 1, Number.MAX_SAFE_INTEGER, "a whole number of tokens above 0");
}

function tier(value: string): number {
  return whole(value, 0, 5, "a whole number from 0 to 5");
}

function whole(value: string, min: number, max: number, allowed: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new InvalidArgumentError(`It has to be ${allowed}.`);
  }
  return number;
}

function settingLines(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length)) + 2;
  return SETTINGS.map((row) => `  ${row.name.padEnd(width)}${row.meaning} [${defaultText(row)}]`).join("\n");
}

function balancerHelp(): string {
  return `
Examples:
  nexus profile save loadbalancer failover-lb failover fast local
  nexus profile save loadbalancer spread roundrobin a b c --set failover_retry_count=2 --set params.temperature=0

On a terminal and without a name, questions are asked.

Settings, with their defaults; times in milliseconds:
${settingLines()}`;
}

function setHelp(): string {
  return `
Examples:
  nexus profile set failover-lb failover_retry_count=2 zone=restricted params.temperature=0.2
  nexus profile set local system= --unset params.num_ctx

Keys: zone, min_tier, context_limit, system, params.KEY, and the settings of load balancers, here with their
defaults; times in milliseconds:
${settingLines()}`;
}
