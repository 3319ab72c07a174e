import { keyHint, missingKeyText } from "../../backends/missing-key.ts";
import type { CommandContext } from "../app.ts";
import { warn } from "../output/print.ts";
import type { World } from "../wiring.ts";

/** Makes what warns of backends that need a key and have none; of each again only when it had one in between. */
export function keylessTeller(
  context: CommandContext,
  { catalog, findKey }: Pick<World, "catalog" | "findKey">,
): () => Promise<void> {
  let told: ReadonlySet<string> = new Set();
  return async () => {
    const warnings = await Promise.all(
      catalog.backends.map(async (backend) =>
        backend.key.required && (await findKey(backend)) === undefined
          ? [`${missingKeyText(backend)}, and is left out; ${keyHint(backend)}`]
          : [],
      ),
    );
    const missing = new Set(warnings.flat());
    for (const warning of missing) if (!told.has(warning)) warn(context, warning);
    told = missing;
  };
}
