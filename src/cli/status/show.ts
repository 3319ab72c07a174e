import type { ProfileSet } from "../../config/profiles.ts";
import type { StateStore } from "../../core/ports.ts";
import { readStarts } from "../../engine/starts.ts";
import { ORDER } from "../../routing/policies/index.ts";
import { reachableProfiles } from "../../routing/reachable.ts";
import type { CommandContext } from "../app.ts";
import type { StatusFlags } from "../commands/status.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print, printJson, table } from "../output/print.ts";
import { openProfiles, validProfile } from "../profile/open.ts";
import { type LiveStatus, viewOf, viewText, watchedServer } from "../running-server.ts";
import { readKnown } from "./known.ts";
import { openShared } from "./open.ts";
import { rowJson, rowText } from "./render.ts";
import { allRows, isHeld, profileRows } from "./rows.ts";

/** Where a load balancer starts next. */
interface Next {
  readonly name: string;
  readonly policy: string;
  readonly next: string | null;
  /** The member it stays with, null when it does not. */
  readonly sticky: string | null;
}

/** `nexus status` */
export async function showStatus(context: CommandContext, flags: StatusFlags): Promise<number> {
  const { app } = context;
  const { configuration, profiles } = await openProfiles(context);
  if (flags.profile !== undefined) validProfile(profiles, flags.profile);
  const { stateDir } = configuration.paths;
  const server = await watchedServer(context, stateDir, flags);
  const view = server === undefined ? undefined : await viewOf(context, server);
  const { state, warned } =
    view === undefined ? openShared(context, stateDir) : { state: view.state, warned: () => false };
  try {
    const { now, known } = await readKnown(state);
    const rows =
      flags.profile === undefined
        ? allRows(profiles, known, configuration.routingSettings, now)
        : profileRows(flags.profile, profiles, known, now);
    const balancers = await nextOf(profiles, flags.profile, state);
    // The store's time is nobody's wall clock: only the difference means something.
    const times = { now, wallNow: app.clock.now() };
    if (flags.json) {
      await printJson(app, {
        view: view === undefined ? "fresh" : "server",
        server: view?.url ?? null,
        time: new Date(times.wallNow).toISOString(),
        profile: flags.profile ?? null,
        breakers: rows.filter(({ subject }) => subject.kind === "model").map((row) => rowJson(row, times)),
        keys: rows.filter(({ subject }) => subject.kind === "key").map((row) => rowJson(row, times)),
        load_balancers: balancers,
        backends: view?.backends.map(liveJson) ?? null,
      });
      return EXIT.ok;
    }
    const columns = ["NAME", "STATE", "FAILURES", "LAST FAILURE", "NEXT"];
    const shown = rows.map((row) => rowText(row, times));
    if (flags.profile === undefined) await table(app, shown, columns);
    else {
      const named = shown.map((cells, index) => [rows[index]?.member ?? "-", ...cells]);
      await table(app, named, ["MEMBER", ...columns]);
    }
    if (rows.length > 0 && balancers.length > 0) await print(app, "\n");
    await table(app, balancers.map(nextText), ["LOAD BALANCER", "POLICY", "STARTS AT"]);
    if (view !== undefined) {
      if (rows.length + balancers.length > 0) await print(app, "\n");
      await table(app, view.backends.map(liveText), ["BACKEND", "STATUS", "UNDER WAY", "SOURCE", "WHY"]);
    }
    const judge =
      flags.profile === undefined ? "the settings of bare models" : `the settings of ${flags.profile}`;
    note(context, `${viewText(view)}, judged with ${judge}`);
    if (!warned() && !rows.some(isHeld) && !view?.backends.some(isOut))
      note(context, "nothing is held against any backend: each of them is asked");
    return EXIT.ok;
  } finally {
    await state.close();
  }
}

/** Whether the server asks it nothing. */
function isOut({ status }: LiveStatus): boolean {
  return status === "unhealthy" || status === "draining";
}

function liveText({ name, status, pending, source, error }: LiveStatus): readonly string[] {
  return [name, status, `${pending}`, source, error ?? "-"];
}

function liveJson({ name, url, source, status, pending, latencyMs, error }: LiveStatus) {
  const latency = Math.round(latencyMs);
  return { name, url, source, status, pending, latency_ms: latency, error: error ?? null };
}

/** Whose turn is next in each load balancer, or in those a profile leads to. */
async function nextOf(
  profiles: ProfileSet,
  only: string | undefined,
  state: StateStore,
): Promise<readonly Next[]> {
  const catalog = { profile: (name: string) => profiles.lookup(name) };
  const names =
    only === undefined ? profiles.names() : reachableProfiles(only, catalog).map(({ name }) => name);
  const found: Next[] = [];
  for (const name of names) {
    const looked = profiles.lookup(name);
    if (!looked.found || looked.profile.type !== "loadbalancer") continue;
    const { policy, members } = looked.profile;
    const start = (await readStarts(name, { catalog, state }, false)).of(name);
    found.push({ name, policy, next: ORDER[policy](members, start)[0] ?? null, sticky: start.start ?? null });
  }
  return found;
}

function nextText({ name, policy, next, sticky }: Next): readonly string[] {
  return [name, policy, `${next ?? "-"}${sticky === null ? "" : " (sticky)"}`];
}
