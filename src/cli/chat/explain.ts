import type { Candidate, Plan, Refusal } from "../../routing/plan.ts";
import type { App } from "../app.ts";
import { neutralise } from "../output/neutralise.ts";
import { print, printJson } from "../output/print.ts";
import type { ChatOptions } from "./flags.ts";

/** Prints whom a run would ask, in order, and who is ruled out by what. */
export function printPlan(app: App, plan: Plan, mode: ChatOptions["mode"]): Promise<void> {
  switch (mode) {
    case "text":
      return print(app, neutralise(planText(plan)));
    case "json":
      return printJson(app, planJson(plan));
    case "ndjson":
      return print(app, `${JSON.stringify({ type: "done", ...planJson(plan) })}\n`);
  }
}

/** A plan as text. */
function planText({ target, entries, requirement }: Plan): string {
  const needs = [
    `zone ${requirement.zone}`,
    `tier ${requirement.minTier} or higher`,
    ...requirement.capabilities,
  ].join(", ");
  let turn = 0;
  const lines = entries.map((entry) => {
    if (entry.kind === "refusal") return `  -  ${who(entry)}: ${entry.why}`;
    turn += 1;
    return `  ${turn}  ${who(entry)}`;
  });
  return [
    `${target.kind} ${target.name}; needs: ${needs}; nothing is sent`,
    ...(lines.length === 0 ? ["  no models configured in chain"] : lines),
    "",
  ].join("\n");
}

/** A plan as `--explain --json` prints it. */
function planJson(plan: Plan): object {
  const { target, requirement, entries } = plan;
  return {
    target,
    primary_model: plan.primaryModel ?? null,
    requirement: {
      capabilities: requirement.capabilities,
      zone: requirement.zone,
      min_tier: requirement.minTier,
    },
    candidates: entries.map((entry) => ({
      member: entry.label,
      backend: (entry.kind === "candidate" ? entry.backend.name : entry.backend) ?? null,
      model: entry.model ?? null,
      usable: entry.kind === "candidate",
      why: entry.kind === "candidate" ? null : entry.why,
      params: entry.kind === "candidate" ? entry.params : null,
    })),
  };
}

function who(entry: Candidate | Refusal): string {
  const backend = entry.kind === "candidate" ? entry.backend.name : entry.backend;
  return entry.model === undefined || backend === undefined
    ? entry.label
    : `${entry.label}: ${entry.model} @ ${backend}`;
}
