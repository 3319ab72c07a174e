import type { CommandContext } from "../app.ts";
import { canAsk } from "../asking/confirm.ts";
import type { SaveBalancerFlags, SaveModelFlags } from "../commands/profile.ts";
import { saveLoadBalancer, saveModelProfile } from "./save.ts";

/** `profile save model …`; without a name, where somebody can be asked, a wizard. */
export async function saveOrAskModel(
  context: CommandContext,
  flags: SaveModelFlags,
  args: readonly string[],
): Promise<number> {
  if (args.length > 0 || !canAsk(context)) return saveModelProfile(context, flags, args);
  return (await import("./wizard.ts")).askForModel(context, flags);
}

/** `profile save loadbalancer …`; without a name, where somebody can be asked, a wizard. */
export async function saveOrAskBalancer(
  context: CommandContext,
  flags: SaveBalancerFlags,
  args: readonly string[],
): Promise<number> {
  if (args.length > 0 || !canAsk(context)) return saveLoadBalancer(context, flags, args);
  return (await import("./wizard.ts")).askForBalancer(context, flags);
}
