import type { ProfileSet } from "../../config/profiles.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../core/settings.ts";
import { factKey, type Subject } from "../../resilience/fact-keys.ts";
import { NO_FACTS } from "../../resilience/facts.ts";
import { type Standing, standingOf } from "../../resilience/standing.ts";
import type { Known } from "./known.ts";
import { leavesOf } from "./members.ts";

/** One line of the status: something that may be left alone, and how it stands. */
export interface Row {
  /** Path of the member, where a profile was named. */
  readonly member?: string;
  readonly subject: Subject;
  readonly settings: Settings;
  readonly standing: Standing;
}

/** Everything that something is held against, and every saved model profile of which nothing is known. */
export function allRows(
  profiles: ProfileSet,
  known: readonly Known[],
  settings: Settings,
  now: number,
): readonly Row[] {
  const found = new Map<string, Row>();
  for (const name of profiles.names()) {
    for (const { backend, model } of leavesOf(name, profiles)) {
      const subject: Subject = { kind: "model", backend, model };
      found.set(factKey(subject), { subject, settings, standing: standingOf(NO_FACTS, settings, now) });
    }
  }
  for (const { key, subject, facts } of known) {
    const row: Row = { subject, settings, standing: standingOf(facts, settings, now) };
    if (found.has(key) || isHeld(row)) found.set(key, row);
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** The members of a profile in its order, and the refused keys of their backends. */
export function profileRows(
  name: string,
  profiles: ProfileSet,
  known: readonly Known[],
  now: number,
): readonly Row[] {
  const factsOf = new Map(known.map(({ key, facts }) => [key, facts]));
  const leaves = leavesOf(name, profiles);
  const members = leaves.map(({ member, backend, model, settings }): Row => {
    const subject: Subject = { kind: "model", backend, model };
    const facts = factsOf.get(factKey(subject)) ?? NO_FACTS;
    return { member, subject, settings, standing: standingOf(facts, settings, now) };
  });
  const looked = profiles.lookup(name);
  const settings =
    looked.found && looked.profile.type === "loadbalancer" ? looked.profile.settings : DEFAULT_SETTINGS;
  const backends = new Set(leaves.map(({ backend }) => backend));
  const keys = known
    .filter(({ subject }) => subject.kind === "key" && backends.has(subject.backend))
    .map(({ subject, facts }): Row => ({ subject, settings, standing: standingOf(facts, settings, now) }));
  return [...members, ...keys.filter(isHeld)];
}

/** Whether anything is held against it. */
export function isHeld({ standing }: Row): boolean {
  return standing.failuresSinceSuccess > 0 || standing.coolUntil !== undefined;
}
