import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { readFiles, readImages } from "../chat/attachments.ts";
import type { ChatOptions } from "../chat/flags.ts";
import { openConversation } from "../chat/going-on.ts";
import { hasAnybody, nothingToAsk } from "../chat/target.ts";
import type { ChatFlags } from "../commands/chat.ts";
import { hearEndSignals } from "../end-signals.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { openWorld } from "../wiring.ts";
import { REPL_COMMANDS } from "./commands.ts";
import { completions } from "./complete.ts";
import { type Input, readInput } from "./input.ts";
import { openKeyboard } from "./keyboard.ts";
import { namesOf } from "./names.ts";
import { answerRendering } from "./show-markdown.ts";
import { ask, requestOf, type Talk, tellProblem } from "./talk.ts";

/** Lines that the arrow keys and Ctrl-R find. */
const HISTORY = 1_000;

/** `nexus chat` on a terminal without a prompt: a conversation, until the person leaves. */
export async function repl(context: CommandContext, flags: ChatFlags, options: ChatOptions): Promise<number> {
  const going = await openConversation(context, flags);
  const world = await openWorld(context, { detect: going.conversation.setup.target?.kind !== "profile" });
  const keyboard = openKeyboard(context.app);
  try {
    if (!hasAnybody(world.catalog)) throw nothingToAsk(world.catalog);
    const [text, images] = await Promise.all([
      readFiles(flags.file ?? [], context.app),
      readImages(flags.image ?? [], context.app),
    ]);
    const { conversation, sessions } = going;
    const attached = { texts: text === "" ? [] : [text], images };
    const wanted = flags.markdown && world.configuration.chat.markdown;
    const rendering = wanted ? await answerRendering(context) : undefined;
    const terminal = { keyboard, rendering };
    const talk: Talk = { context, world, flags, options, sessions, conversation, attached, ...terminal };
    const { length } = conversation.log;
    note(
      context,
      length === 0 ? "/help lists commands, Ctrl-D leaves" : `going on with ${conversation.name}`,
    );
    return await converse(talk);
  } finally {
    keyboard.close();
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
      const stop = new AbortController();
      answering = stop;
      try {
        const left = await talk.keyboard.during(
          () => answer(talk, input, stop.signal),
          () => stop.abort(),
        );
        if (left) break;
      } catch (error) {
        tellProblem(context, error);
      } finally {
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
