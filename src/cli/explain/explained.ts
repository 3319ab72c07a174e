import type { Wanted } from "../../control/ask.ts";
import { isObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";
import { reachableProfiles } from "../../routing/reachable.ts";
import { chooseTarget } from "../chat/target.ts";
import { EXIT, exitCodeOfRun } from "../exit-codes.ts";
import type { World } from "../wiring.ts";
import { foresightJson } from "./json.ts";
import { foresightText } from "./text.ts";

/** What a run would do: for programs, for people, and as an exit code. */
export interface Explained {
  readonly report: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly exitCode: number;
  /** What had to be chosen for it. */
  readonly notes: readonly string[];
  /** What is doubtful in the profiles it goes through. */
  readonly warnings: readonly string[];
}

/** Explains within a world. Sends no prompt. Throws a `Problem` for an unknown target. */
export async function explainIn(
  world: World,
  wanted: Wanted,
  run: { readonly requestId: string; readonly rateLimitWaitMs: number },
  signal: AbortSignal,
): Promise<Explained> {
  const { request, noFallback, zone, minTier } = wanted;
  const { target, note } = await chooseTarget(wanted, world);
  const seen = await world.engine.foresee(
    {
      ...run,
      door: "chat",
      target,
      request,
      noFallback,
      ...(zone === undefined ? {} : { zone }),
      ...(minTier === undefined ? {} : { minTier }),
    },
    signal,
  );
  const profiles = reachableProfiles(target.name, world.catalog);
  return {
    report: foresightJson(seen),
    text: foresightText(seen),
    exitCode: seen.error === undefined ? EXIT.ok : exitCodeOfRun(seen.error),
    notes: note === undefined ? [] : [note],
    warnings: profiles.flatMap(({ name }) => world.profiles.warnings(name)),
  };
}

/** What a server explained. Throws a `Problem` of kind `io` when that makes no sense. */
export function readExplained(told: unknown): Explained {
  const { report, text, exitCode, notes, warnings } = isObject(told) ? told : {};
  if (!isObject(report) || typeof text !== "string" || typeof exitCode !== "number") {
    throw new Problem("io", "server_silent", "what the running server explains makes no sense");
  }
  return { report, text, exitCode, notes: textsIn(notes), warnings: textsIn(warnings) };
}

function textsIn(told: unknown): readonly string[] {
  return Array.isArray(told) ? told.filter((one) => typeof one === "string") : [];
}
