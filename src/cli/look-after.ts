import { openRegistry } from "../registry/open-registry.ts";
import type { RunningRegistry } from "../registry/run-registry.ts";
import type { CommandContext } from "./app.ts";
import { bugTeller, warn } from "./output/print.ts";
import type { World } from "./wiring.ts";

/** Looks after the backends of a world that lasts. What is odd is a warning, and so is a bug of ours, which ends nothing. */
export function lookAfter(
  context: CommandContext,
  world: Pick<World, "catalog" | "configuration" | "upstream" | "findKey" | "listModels" | "state">,
): Promise<RunningRegistry> {
  const { clock, chance } = context.app;
  const { health, discovery } = world.configuration;
  return openRegistry(
    { catalog: world.catalog, health, discovery },
    {
      ...world,
      clock,
      chance,
      warn: (message) => warn(context, message),
      bug: bugTeller(context),
    },
  );
}
