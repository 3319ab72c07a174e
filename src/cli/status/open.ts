import type { StateStore } from "../../core/ports.ts";
import { memoryStore } from "../../state/memory.ts";
import { openStateIfAny } from "../../state/open.ts";
import type { CommandContext } from "../app.ts";
import { warn } from "../output/print.ts";

/** The shared facts, empty ones where nothing is kept yet; `warned`: whether they could not be used as they are. */
export function openShared(
  context: CommandContext,
  stateDir: string,
): { readonly state: StateStore; warned(): boolean } {
  let warned = false;
  const state = openStateIfAny(stateDir, (text) => {
    warned = true;
    warn(context, text);
  });
  return { state: state ?? memoryStore(context.app.clock), warned: () => warned };
}
