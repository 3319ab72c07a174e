import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { readFiles, readImages } from "../chat/attachments.ts";
import type { ChatOptions } from "../chat/flags.ts";
import { openConversation } from "../chat/going-on.ts";
import type { ChatFlags } from "../commands/chat.ts";
import { hearEndSignals } from "../end-signals.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { openWorld } from "../wiring.ts";
import { REPL_COMMANDS } from "./commands.ts";
import { completions } from "./complete.ts";
import { type Input, readInput } from "./input.ts";
import { namesOf } from "./names.ts";
import { ask, requestOf, type Talk, tellProblem } from "./talk.ts";

/** Lines that the arrow keys and Ctrl-R find. */
const HISTORY = 1_000;

/** `nexus chat` on a terminal without a prompt: a conversation, until the person leaves. */
export async function repl(context: CommandContext, flags: ChatFlags, options: ChatOptions): Promise<number> {
  const going = await openConversation(context, flags);
  const world = await openWorld(context, { detect: going.conversation.setup.target?.kind !== "profile" });
  try {
    const [text, images] = await Promise.all([
      readFiles(flags.file ?? [], context.app),
      readImages(flags.image ?? [], context.app),
    ]);
    const { conversation, sessions } = going;
    const attached = { texts: text === "" ? [] : [text], images };
    const talk: Talk = { context, world, flags, options, sessions, conversation, attached };
    const { length } = conversation.log;
    note(
      context,
      length === 0 ? "/help lists commands, Ctrl-D leaves" : `going on with ${conversation.name}`,
    );
    return await converse(talk);
  } finally {
    await world.close();
    await going.close();
  }
}

async function converse(talk: Talk): Promise<number> {
  const { context, sessions } = talk;
  const { app } = context;
  const leave = new AbortController();
  let answering: AbortController | undefined;
  let code: number | undefined;
  const release = hearEndSignals(app, (exit) => {
    answering?.abort();
    if (exit === EXIT.interrupted && answering !== undefined) return;
    if (exit !== EXIT.interrupted) code = exit;
    leave.abort();
  });
  const history = [...((await sessions?.lines(HISTORY)) ?? [])].reverse();
  let hinted = false;
  try {
    while (true) {
      const input = await readInput(app, {
        history,
        typed: "",
        complete: (line) => completions(line, namesOf(talk)),
        signal: leave.signal,
      });
      if (input.kind === "end" || input.kind === "stopped") break;
      if (input.kind === "interrupted") {
        if (hinted) break;
        note(context, "press Ctrl-C again to leave, or Ctrl-D");
      }
      hinted = input.kind === "interrupted";
      if (input.kind !== "text" || input.text.trim() === "") continue;
      if (history[0] !== input.text) {
        history.unshift(input.text);
        await sessions?.addLine(input.text);
      }
      answering = new AbortController();
      const stopListening = hearCtrlC(context, answering);
      try {
        if (await answer(talk, input, answering.signal)) break;
      } catch (error) {
        tellProblem(context, error);
      } finally {
        stopListening();
        answering = undefined;
      }
      if (code !== undefined) break;
    }
  } finally {
    release();
  }
  if (sessions !== undefined && talk.conversation.log.length > 0) {
    note(context, `go on with: nexus chat --session ${talk.conversation.name}`);
  }
  return code ?? EXIT.ok;
}

/** True: the person wants to leave. */
async function answer(talk: Talk, input: Input & { kind: "text" }, signal: AbortSignal): Promise<boolean> {
  const { text } = input;
  if (!text.startsWith("/")) {
    await ask(talk, requestOf(talk, text), signal);
    return false;
  }
  const [, name = "", rest = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  const command = Object.hasOwn(REPL_COMMANDS, name) ? REPL_COMMANDS[name] : undefined;
  if (command === undefined) {
    const known = Object.keys(REPL_COMMANDS);
    throw new Problem(
      "usage",
      "usage",
      `there is no command /${name}${didYouMean(name, known)}`,
      "see /help",
    );
  }
  await command.run(talk, rest.trim(), signal);
  return name === "quit";
}

/** While an answer comes the terminal shows nothing of what is typed, and Ctrl-C is a byte. */
function hearCtrlC({ app }: CommandContext, stop: AbortController): () => void {
  return app.onSignal("SIGINT", () => stop.abort());
}
