import type { ChatRequest, Message, Params } from "../../core/chat.ts";
import type { CommandContext } from "../app.ts";
import type { ChatFlags } from "../commands/chat.ts";
import { note } from "../output/print.ts";
import { readFiles, readImages } from "./attachments.ts";
import { readPrompt } from "./prompt.ts";
import { stdinKind } from "./stdin.ts";

/** What the command line and standard input ask. Undefined when a signal came while standard input was read. */
export async function makeRequest(
  context: CommandContext,
  flags: ChatFlags,
  params: Params,
  words: readonly string[],
  signal: AbortSignal,
): Promise<ChatRequest | undefined> {
  const { app } = context;
  const [files, images] = await Promise.all([
    readFiles(flags.file ?? [], app),
    readImages(flags.image ?? [], app),
  ]);
  const prompt = await readPrompt(
    {
      words,
      skipStdin: !flags.stdin,
      required: !flags.explain,
      stdin: () => ({
        kind: stdinKind(),
        get stream() {
          return app.stdin;
        },
      }),
    },
    { clock: app.clock, signal, say: (text) => note(context, text) },
  );
  if (prompt === undefined) return undefined;
  const text = files === "" ? prompt : `${files}\n\n${prompt}`;
  const user: Message = { role: "user", parts: [{ type: "text", text }, ...images] };
  const system: readonly Message[] =
    flags.system === undefined ? [] : [{ role: "system", parts: [{ type: "text", text: flags.system }] }];
  return { messages: [...system, user], tools: [], params };
}
