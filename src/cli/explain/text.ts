import { formatDuration } from "../../core/duration.ts";
import type { Foreseen, Foresight } from "../../engine/foresee.ts";
import type { Binding } from "../../routing/name-policies.ts";
import type { Candidate, Requirement } from "../../routing/plan.ts";
import { exitCodeOfRun } from "../exit-codes.ts";

/** Whom a run would ask, in order, and who is ruled out by what. Holds foreign text as it came. */
export function foresightText(seen: Foresight): string {
  const { kind, name, way } = seen.plan.target;
  let turn = 0;
  const lines = seen.entries.map((one) => {
    const refused = one.entry.kind === "refusal";
    if (!refused) turn += 1;
    return `  ${refused ? "-" : turn}  ${who(one)}${refused ? `: ${one.entry.why}` : ` (${facts(one.entry, one)})`}`;
  });
  return [
    `${kind} ${name}; needs: ${needs(seen.plan.requirement)}`,
    ...(way.length > 1 ? [`alias: ${way.join(" -> ")}`] : []),
    ...seen.plan.policies.map(policyText),
    ...(seen.plan.strategy === undefined ? [] : [`strategy: ${seen.plan.strategy}`]),
    ...(lines.length === 0 ? ["  no models configured in chain"] : lines),
    ...ending(seen),
    "",
  ].join("\n");
}

function needs({ zone, minTier, capabilities, fallback }: Requirement): string {
  return [
    `zone ${zone}`,
    `tier ${minTier} or higher`,
    ...capabilities,
    ...(fallback ? [] : ["no other model"]),
  ].join(", ");
}

function policyText({ policy, name }: Binding): string {
  const asks = [
    ...(policy.zone === undefined ? [] : [`zone ${policy.zone}`]),
    ...(policy.minTier === undefined ? [] : [`tier ${policy.minTier} or higher`]),
    ...(policy.allowFallback === false ? ["no other model"] : []),
  ];
  return `policy ${policy.match} (${name}): ${asks.join(", ")}`;
}

function who({ entry }: Foreseen): string {
  const backend = entry.kind === "candidate" ? entry.backend.name : entry.backend;
  const bare =
    entry.model === undefined || backend === undefined || entry.label === `${entry.model}@${backend}`;
  return bare ? entry.label : `${entry.label}: ${entry.model} @ ${backend}`;
}

function facts({ backend, score, window }: Candidate, { circuit, inFlight }: Foreseen): string {
  return [
    `zone ${backend.zone}`,
    `tier ${backend.tier}`,
    ...(score === undefined ? [] : [`score ${Number(score.toFixed(2))}`]),
    ...(window === undefined ? [] : [`window ${window}`]),
    ...(backend.maxConcurrent === undefined
      ? []
      : [`${inFlight ?? 0} of ${backend.maxConcurrent} requests under way`]),
    ...(circuit === "half-open" ? ["circuit half-open: this would be its probe"] : []),
  ].join(", ");
}

function ending({ waitsFor, error }: Foresight): readonly string[] {
  if (waitsFor !== undefined) {
    return [`nobody can be asked now: it would wait ${formatDuration(waitsFor.ms)} for ${waitsFor.label}`];
  }
  if (error === undefined) return [];
  return [`nobody would be asked: ${error.code}, exit code ${exitCodeOfRun(error)}`];
}
