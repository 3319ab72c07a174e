import { socketFor } from "../../control/place.ts";
import { announce, clearPlace, findServers } from "../../control/told.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import { forgetStarts } from "../../engine/starts.ts";
import { makePrivateDir } from "../../files/private-dir.ts";
import { type Commands, listenForCommands } from "../../server/control.ts";
import type { Server } from "../../server/server.ts";
import type { CommandContext } from "../app.ts";
import { testIn } from "../backend/tested.ts";
import { requestIds } from "../chat/request-id.ts";
import { explainIn } from "../explain/explained.ts";
import { bugTeller, note, warn } from "../output/print.ts";
import type { World } from "../wiring.ts";
import { readWanted } from "./wanted.ts";

/** Milliseconds a request to the server waits for rate-limited candidates where no profile says it. */
const RATE_LIMIT_WAIT_MS = 0;

/** Lets the user of this machine ask a running server things. Where that cannot be, it is a warning. */
export async function openControl(
  context: CommandContext,
  world: World,
  { port, url }: Server,
): Promise<() => Promise<void>> {
  const { uid, env, pid } = context.app;
  const { stateDir } = world.configuration.paths;
  try {
    await makePrivateDir(stateDir);
    const user = { uid, runtimeDir: env["XDG_RUNTIME_DIR"] };
    // Clears away what dead ones left, also where the socket stood elsewhere.
    await findServers(stateDir, user);
    const socket = await socketFor(stateDir, port, user);
    if (!(await clearPlace(socket))) {
      warn(context, `${socket} belongs to another server: \`nexus backend drain\` cannot reach this one`);
      return async () => {};
    }
    const listener = await listenForCommands(socket, commandsOver(context, world), bugTeller(context));
    const takeBack = await announce(stateDir, { pid, url, port, started: new Date().toISOString(), socket });
    return async () => {
      await takeBack();
      await listener.close();
    };
  } catch (error) {
    const why =
      error instanceof Problem
        ? `${error.message}; ${error.hint}`
        : error instanceof Error
          ? error.message
          : error;
    warn(context, `no commands reach this server but signals: ${why}`);
    return async () => {};
  }
}

function commandsOver(context: CommandContext, world: World): Commands {
  const { chance, clock } = context.app;
  const newRequestId = requestIds(chance);
  const registryFor = (asked: unknown) => {
    const registry = world.running?.registry;
    const name = nameIn(asked) ?? "";
    const names = registry?.all().map(({ backend }) => backend.name) ?? [];
    if (registry === undefined || !names.includes(name)) {
      const what = `the running server has no backend "${name}"${didYouMean(name, names)}`;
      throw new Problem("not-found", "backend_not_found", what, "`nexus status` shows what there is");
    }
    return { registry, name };
  };
  return {
    hello: async () => null,
    async status() {
      const { now, entries } = await world.state.read({ prefix: "" });
      const backends = (world.running?.registry.all() ?? []).map(
        ({ backend, source, status, pending, latencyMs, error }) => ({
          name: backend.name,
          url: backend.url,
          source,
          status,
          pending,
          latencyMs,
          error: error ?? null,
        }),
      );
      return { now, entries: [...entries], backends };
    },
    async drain(question) {
      const { registry, name } = registryFor(question["name"]);
      registry.drain(name);
      note(context, `backend ${name} is draining: it gets no further requests`);
      return { name, pending: registry.get(name)?.pending ?? 0 };
    },
    async resume(question) {
      const { registry, name } = registryFor(question["name"]);
      registry.resume(name);
      note(context, `backend ${name} gets requests again`);
      return { name };
    },
    /** What was forgotten in the shared state is forgotten here at once; without a name turns, too. */
    async reset(question) {
      await world.synchronise();
      if (nameIn(question["name"]) === undefined) await forgetStarts(world.state);
    },
    test: (question, gone) => testIn(world, clock, nameIn(question["name"]), gone),
    explain: (question, gone) =>
      explainIn(
        world,
        readWanted(question),
        { requestId: newRequestId(), rateLimitWaitMs: RATE_LIMIT_WAIT_MS },
        gone,
      ),
  };
}

function nameIn(asked: unknown): string | undefined {
  return typeof asked === "string" ? asked : undefined;
}
