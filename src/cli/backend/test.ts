import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { note, printJson, table } from "../output/print.ts";
import { waiting } from "../output/waiting.ts";
import { type ServerFlags, viewText, watchedServer } from "../running-server.ts";
import { findPaths, openWorld } from "../wiring.ts";
import { readTested, TESTED_COLUMNS, type Tested, testIn } from "./tested.ts";

/** `nexus backend test [NAME]` */
export async function testBackends(
  context: CommandContext,
  name: string | undefined,
  flags: ServerFlags & { all?: boolean; json?: boolean },
): Promise<number> {
  if (name !== undefined && flags.all) {
    throw new Problem("usage", "name_and_all", "give the name of a backend or --all, not both");
  }
  const { stateDir } = await findPaths(context);
  const server = await watchedServer(context, stateDir, flags);
  const question = { command: "test", ...(name === undefined ? {} : { name }) } as const;
  const asked = server === undefined ? testHere(context, name) : server.ask(question).then(readTested);
  const { report, rows, failed, exitCode } = await waiting(context, "asking for models", asked);
  if (flags.json) {
    const view = server === undefined ? "fresh" : "server";
    await printJson(context.app, { view, server: server?.url ?? null, backends: report });
  } else await table(context.app, rows, TESTED_COLUMNS);
  note(context, viewText(server));
  if (failed > 0) note(context, `${failed} of ${rows.length} cannot be used now`);
  return exitCode;
}

async function testHere(context: CommandContext, name: string | undefined): Promise<Tested> {
  const world = await openWorld(context, { detect: true });
  try {
    return await testIn(world, context.app.clock, name, new AbortController().signal);
  } finally {
    await world.close();
  }
}
