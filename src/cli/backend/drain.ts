import { isObject } from "../../core/json.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print } from "../output/print.ts";
import { type ServerFlags, theServer } from "../running-server.ts";
import { findPaths } from "../wiring.ts";

/** `nexus backend drain NAME` and `nexus backend resume NAME` */
export async function drainBackend(
  context: CommandContext,
  command: "drain" | "resume",
  name: string,
  flags: ServerFlags,
): Promise<number> {
  const { stateDir } = await findPaths(context);
  const server = await theServer(context, stateDir, flags);
  const answer = await server.ask({ command, name });
  const pending = isObject(answer) && typeof answer["pending"] === "number" ? answer["pending"] : 0;
  const what = command === "drain" ? "draining" : "resumed";
  await print(context.app, `${what} ${name} at ${server.url}\n`);
  if (pending > 0)
    note(context, `${pending} ${pending === 1 ? "request is" : "requests are"} still under way`);
  if (command === "drain") note(context, `until the server ends, or \`nexus backend resume ${name}\``);
  return EXIT.ok;
}
