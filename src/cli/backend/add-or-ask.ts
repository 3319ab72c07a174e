import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { canAsk } from "../asking/confirm.ts";
import type { AddFlags } from "../commands/backend.ts";
import { addBackend } from "./add.ts";

/** `nexus backend add [TARGET]`; without one, where somebody can be asked, a wizard. */
export async function addOrAsk(
  context: CommandContext,
  target: string | undefined,
  flags: AddFlags,
): Promise<number> {
  if (target !== undefined) return addBackend(context, target, flags);
  if (canAsk(context)) return (await import("./wizard.ts")).askForBackend(context, flags);
  throw new Problem(
    "usage",
    "usage",
    "the address or the name of the server is missing",
    "for example: nexus backend add http://127.0.0.1:11434",
  );
}
