import { presetBackend } from "../../backends/presets.ts";
import { Problem } from "../../core/problem.ts";
import type { PastOutcome } from "../../core/request-record.ts";
import type { CommandContext } from "../app.ts";
import { adviceFor } from "../output/advice.ts";
import { warn } from "../output/print.ts";
import { openConfiguration } from "../wiring.ts";

/** What to do about a failed request, as the backends are configured now; names and values. */
export async function adviceOn(
  context: CommandContext,
  { error }: PastOutcome,
): Promise<readonly (readonly string[])[]> {
  if (error === undefined) return [];
  try {
    const { backends } = await openConfiguration(context);
    const advice = adviceFor(error.failures, (name) => backends.get(name) ?? presetBackend(name));
    return advice.map((line, index) => [index === 0 ? "next" : "", line]);
  } catch (problem) {
    // The past can be told all the same.
    if (!(problem instanceof Problem)) throw problem;
    warn(context, problem.message);
    return [];
  }
}
