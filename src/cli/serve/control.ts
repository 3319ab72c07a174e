import { announce, clearPlace, socketOf } from "../../control/place.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import { forgetStarts } from "../../engine/starts.ts";
import { makePrivateDir } from "../../files/private-dir.ts";
import { type Commands, listenForCommands } from "../../server/control.ts";
import type { Server } from "../../server/server.ts";
import type { CommandContext } from "../app.ts";
import { bugTeller, note, warn } from "../output/print.ts";
import type { World } from "../wiring.ts";

/** Lets the user of this machine ask a running server things. Where that cannot be, it is a warning. */
export async function openControl(
  context: CommandContext,
  world: World,
  { port, url }: Server,
  pid: number,
): Promise<() => Promise<void>> {
  const { stateDir } = world.configuration.paths;
  const socket = socketOf(stateDir, port);
  try {
    await makePrivateDir(stateDir);
    if (!(await clearPlace(socket))) {
      warn(context, `${socket} belongs to another server: \`nexus backend drain\` cannot reach this one`);
      return async () => {};
    }
    const listener = await listenForCommands(socket, commandsOver(context, world), bugTeller(context));
    const started = new Date().toISOString();
    const takeBack = await announce(stateDir, { pid, url, port, started });
    return async () => {
      await takeBack();
      await listener.close();
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    warn(context, `no commands reach this server but signals: ${why}`);
    return async () => {};
  }
}

function commandsOver(context: CommandContext, world: World): Commands {
  const registryFor = (name: string | undefined) => {
    const registry = world.running?.registry;
    const names = registry?.all().map(({ backend }) => backend.name) ?? [];
    if (registry === undefined || name === undefined || !names.includes(name)) {
      const what = `the running server has no backend "${name ?? ""}"${didYouMean(name ?? "", names)}`;
      throw new Problem("not-found", "backend_not_found", what, "`nexus status` shows what there is");
    }
    return { registry, name };
  };
  return {
    async status() {
      const { now, entries } = await world.state.read({ prefix: "" });
      const backends = (world.running?.registry.all() ?? []).map(
        ({ backend, status, pending, latencyMs, error }) => ({
          name: backend.name,
          status,
          pending,
          latencyMs,
          error: error ?? null,
        }),
      );
      return { now, entries: [...entries], backends };
    },
    async drain(asked) {
      const { registry, name } = registryFor(asked);
      registry.drain(name);
      note(context, `backend ${name} is draining: it gets no further requests`);
      return { name, pending: registry.get(name)?.pending ?? 0 };
    },
    async resume(asked) {
      const { registry, name } = registryFor(asked);
      registry.resume(name);
      note(context, `backend ${name} gets requests again`);
      return { name };
    },
    /** What was forgotten in the shared state is forgotten here at once; without a name turns, too. */
    async reset(name) {
      await world.synchronise();
      if (name === undefined) await forgetStarts(world.state);
    },
  };
}
