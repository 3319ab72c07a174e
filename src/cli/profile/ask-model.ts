import { askModels } from "../../registry/list-models.ts";
import type { CommandContext } from "../app.ts";
import type { Asking } from "../asking/ask.ts";
import { ASK_MS } from "../backend/verdict.ts";
import { waiting } from "../output/waiting.ts";
import type { World } from "../wiring.ts";

/** What is picked where none of the list is meant. */
const END = "";

/** One of those that the backend lists; where it lists none, a name is typed. `usual` is offered first. */
export async function askModel(
  context: CommandContext,
  asking: Asking,
  world: World,
  name: string,
  usual?: string,
): Promise<string> {
  const backend = world.catalog.backend(name);
  const listed =
    backend &&
    (await waiting(
      context,
      `asking ${name} for models`,
      askModels(world.upstream, world.findKey, backend, AbortSignal.timeout(ASK_MS)),
    ));
  const models = backend?.models ?? (listed?.ok ? listed.models : []);
  const fallback = models.some(({ id }) => id === usual) ? usual : undefined;
  const other = { value: END, name: "(another)" };
  const picked =
    models.length === 0
      ? END
      : await asking.pick<string>(
          "Model:",
          [...models.map(({ id }) => ({ value: id, name: id })), other],
          fallback,
        );
  if (picked !== END) return picked;
  return asking.text("Model, as the backend calls it:", {
    fallback: usual,
    check: (text) => (text === "" ? "a model has a name" : undefined),
  });
}
