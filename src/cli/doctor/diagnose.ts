import { resolvePaths } from "../../config/paths.ts";
import type { Backend } from "../../core/backend.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { openWorld, type World } from "../wiring.ts";
import { type BackendsCheck, checkBackends } from "./backends.ts";
import { checkConfiguration, checkProfileFiles } from "./configuration.ts";
import { CHECKS, type Finding, findingsOf } from "./finding.ts";
import { checkModels } from "./models.ts";
import { checkPermissions } from "./permissions.ts";
import { checkClock, checkProxies, checkServer, checkState, checkTerminal } from "./surroundings.ts";

/** Runs every check that can run, in the order of the report. `say` hears what is waited for. */
export async function diagnose(
  context: CommandContext,
  say: (text: string) => void,
): Promise<readonly Finding[]> {
  const { app, globals } = context;
  const terminal = checkTerminal(app, globals.color);
  const proxies = checkProxies(app.env);
  let paths: ReturnType<typeof resolvePaths>;
  try {
    paths = resolvePaths({ configDir: globals.configDir }, app.env);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [findingsOf("configuration").broken(error.message, error.hint), ...proxies, ...terminal];
  }
  // Before anything else: reading the keys repairs their file's mode.
  const permissions = await checkPermissions(paths);
  const state = await checkState(paths.stateDir);
  const read = await checkConfiguration(paths, app.env);
  const known = [...read.findings, ...permissions, ...proxies, ...state, ...terminal];
  const { configuration } = read;
  if (configuration === undefined) return inOrder(known);
  const files = await checkProfileFiles(configuration, app.env);
  const reachable = proxies.every(({ level }) => level !== "broken");
  const [server, network] = await Promise.all([
    checkServer(context, configuration),
    reachable ? checkNetwork(context, say) : [],
  ]);
  return inOrder([...known, ...files.findings, ...server, ...network]);
}

async function checkNetwork(
  context: CommandContext,
  say: (text: string) => void,
): Promise<readonly Finding[]> {
  // What is doubtful has its own findings.
  const silent = { ...context, globals: { ...context.globals, quiet: true } };
  const world = await openWorld(silent, { detect: true });
  try {
    const backends = allBackends(world);
    const missing = new Set(backends.map(({ name }) => name));
    const waitingFor = () => say(`asking ${[...missing].join(", ")}`);
    waitingFor();
    const asked: BackendsCheck = await checkBackends(context, world, backends, (name) => {
      missing.delete(name);
      waitingFor();
    });
    const models = checkModels(world.profiles, world.catalog, asked.models);
    return [...asked.findings, ...models, ...checkClock(asked.ahead)];
  } finally {
    await world.close();
  }
}

/** Those that are asked without a profile, and those that profiles name. */
function allBackends({ catalog, profiles }: World): readonly Backend[] {
  const named = profiles.names().flatMap((name) => {
    const found = profiles.lookup(name);
    return found.found && found.profile.type === "model"
      ? (catalog.backend(found.profile.backend) ?? [])
      : [];
  });
  const byName = new Map([...catalog.backends, ...named].map((backend) => [backend.name, backend]));
  return [...byName.values()];
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return CHECKS.flatMap((check) => findings.filter((finding) => finding.check === check));
}
