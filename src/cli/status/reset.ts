import { presetBackends } from "../../backends/presets.ts";
import type { Configuration } from "../../config/load.ts";
import type { ProfileSet } from "../../config/profiles.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import { forgetStarts } from "../../engine/starts.ts";
import type { Subject } from "../../resilience/fact-keys.ts";
import { openStateIfAny } from "../../state/open.ts";
import type { CommandContext } from "../app.ts";
import type { StatusFlags } from "../commands/status.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print, printJson } from "../output/print.ts";
import { openProfiles, validProfile } from "../profile/open.ts";
import { tellReset } from "../running-server.ts";
import { type Cleared, clearedText, clearFacts } from "./clear.ts";
import { type Known, readKnown, shortened } from "./known.ts";
import { leavesOf } from "./members.ts";
import { openShared } from "./open.ts";

/** `nexus status reset [NAME]` */
export async function resetStatus(
  context: CommandContext,
  name: string | undefined,
  flags: StatusFlags,
): Promise<number> {
  if (flags.profile !== undefined) {
    const hint = `nexus status reset ${flags.profile}`;
    throw new Problem("usage", "bad_flag", "`status reset` takes a profile as its argument", hint);
  }
  const { configuration, profiles } = await openProfiles(context);
  const { stateDir } = configuration.paths;
  const { state, warned } = openShared(context, stateDir);
  try {
    const { known, now } = await readKnown(state);
    const matches = name === undefined ? () => true : meantBy(name, { configuration, profiles, known });
    const cleared = await clearFacts(state, matches);
    const starts = name === undefined ? await forgetStarts(state) : 0;
    if (warned() || cleared.length > 0) await mustBeCleared(stateDir, matches, now);
    await tellReset(context, stateDir, name);
    if (flags.json) await printJson(context.app, { cleared: cleared.map(jsonOf), load_balancers: starts });
    else await print(context.app, cleared.map((one) => `cleared ${clearedText(one)}\n`).join(""));
    if (starts > 0)
      note(context, `${starts} load ${starts === 1 ? "balancer starts" : "balancers start"} anew`);
    if (cleared.length === 0) note(context, `nothing was held against ${name ?? "any backend"}`);
    return EXIT.ok;
  } finally {
    await state.close();
  }
}

/** What a name stands for: a backend, a model of one, a profile's members; all of them when several have the name. */
function meantBy(
  name: string,
  from: { configuration: Configuration; profiles: ProfileSet; known: readonly Known[] },
): (subject: Subject) => boolean {
  const { configuration, profiles, known } = from;
  const all = profiles.names().flatMap((profile) => leavesOf(profile, profiles));
  const backends = new Set([
    ...configuration.backends.keys(),
    ...(configuration.presetsEnabled ? presetBackends().map((preset) => preset.name) : []),
    ...known.map(({ subject }) => subject.backend),
    ...all.map(({ backend }) => backend),
  ]);
  const at = name.lastIndexOf("@");
  const [model, backend] = at < 0 ? ["", ""] : [name.slice(0, at), name.slice(at + 1)];
  const isProfile = profiles.names().includes(name);
  const members = [
    ...(isProfile ? leavesOf(validProfile(profiles, name).profile.name, profiles) : []),
    ...(backends.has(backend) ? [{ backend, model }] : []),
  ];
  if (!backends.has(name) && !isProfile && members.length === 0) {
    const models = all.map((one) => `${one.model}@${one.backend}`);
    throw new Problem(
      "not-found",
      "name_not_found",
      `no backend, model or profile is called "${name}"${didYouMean(name, [...backends, ...profiles.names(), ...models])}`,
      "`nexus status` shows what there is; a model is named as in llama3.2@ollama",
    );
  }
  return (subject) =>
    subject.backend === name ||
    members.some(
      (one) => one.backend === subject.backend && (subject.kind === "key" || subject.model === one.model),
    );
}

/** What could not be read or written was not cleared for others: looks with fresh eyes. */
async function mustBeCleared(
  stateDir: string,
  matches: (subject: Subject) => boolean,
  since: number,
): Promise<void> {
  let unusable = false;
  const fresh = openStateIfAny(stateDir, () => {
    unusable = true;
  });
  if (fresh === undefined) return;
  try {
    const { known } = await readKnown(fresh);
    if (!unusable && known.every(({ subject, facts }) => !matches(subject) || facts.closedAt >= since))
      return;
  } finally {
    await fresh.close();
  }
  throw new Problem(
    "io",
    "state_not_written",
    `nothing was cleared: what is in ${stateDir} cannot be changed`,
    "make it writable, or free space on its disk",
  );
}

function jsonOf({ subject, failures, permits, coolMs }: Cleared) {
  return {
    backend: subject.backend,
    model: subject.kind === "model" ? subject.model : null,
    key: subject.kind === "key" ? shortened(subject.fingerprint) : null,
    failures,
    permits,
    cool_down_ms: Math.round(coolMs),
  };
}
