import { Option } from "commander";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { GroupBy } from "../../ledger/stats.ts";
import type { Register } from "../program.ts";

const GROUPS = ["member", "model", "backend", "day"] satisfies readonly GroupBy[];

/** `nexus stats`: sums over past requests. */
export const register: Register = (parent, run) => {
  parent
    .command("stats")
    .description("Count past requests: who answered, failed and was skipped, tokens, cost and times.")
    .addOption(
      new Option("--by <what>", "what makes a row").choices(GROUPS).argParser(readGroup).default("member"),
    )
    .option("--since <time>", "only from then on: 7d, 12h, 2026-11-01 or an ISO time")
    .option("--json", "print JSON")
    .option("--csv", "print CSV")
    .addHelpText(
      "after",
      `
Examples:
  nexus stats
  nexus stats --by day --since 7d
  nexus stats --by model --json | jq '.rows[] | {model, cost_usd}'
  nexus stats --by backend --csv > backends.csv

An answer counts for the member that gave it, and for no other. Times are means over answers, a cost is the sum of what
is known, and a ~ marks what nexus estimated. Members that were never used are listed too. Days are those of your time
zone.`,
    )
    .action(
      run<StatsFlags>(async (context, flags) => {
        const { showStats } = await import("../stats/show.ts");
        return showStats(context, flags);
      }),
    );
};

/** The flags of `nexus stats`. */
export interface StatsFlags {
  readonly by: GroupBy;
  readonly since?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

function readGroup(text: string): GroupBy {
  const group = GROUPS.find((one) => one === text);
  if (group !== undefined) return group;
  throw new Problem(
    "usage",
    "usage",
    `--by ${text}: there is no such way${didYouMean(text, GROUPS)}`,
    `one of ${GROUPS.join(", ")}`,
  );
}
