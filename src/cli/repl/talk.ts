import type { ChatRequest, Message, Part } from "../../core/chat.ts";
import type { Outcome } from "../../core/outcome.ts";
import { Problem } from "../../core/problem.ts";
import { resultOf } from "../../sessions/session.ts";
import type { CommandContext } from "../app.ts";
import type { ChatOptions } from "../chat/flags.ts";
import type { GoingOn } from "../chat/going-on.ts";
import { keptRun } from "../chat/kept-run.ts";
import { makeInput } from "../chat/run-input.ts";
import { asNames, chooseTarget } from "../chat/target.ts";
import { textMode } from "../chat/text-mode.ts";
import type { ChatFlags } from "../commands/chat.ts";
import type { Rendering } from "../markdown/markdown.ts";
import { adviceFor } from "../output/advice.ts";
import { painter } from "../output/color.ts";
import { neutralise } from "../output/neutralise.ts";
import { note } from "../output/print.ts";
import { wrap } from "../output/wrap.ts";
import { writeErr, writeOut } from "../output/write.ts";
import type { Conversation } from "../sessions/conversation.ts";
import { footer } from "../sessions/footer.ts";
import type { World } from "../wiring.ts";
import type { Keyboard } from "./keyboard.ts";

/** A conversation at a prompt: what it asks through, and what goes with the next prompt. */
export interface Talk {
  readonly context: CommandContext;
  readonly world: World;
  readonly flags: ChatFlags;
  readonly options: ChatOptions;
  readonly sessions: GoingOn["sessions"];
  readonly keyboard: Keyboard;
  /** How an answer is shown; undefined: as it comes. */
  readonly rendering: (() => Rendering) | undefined;
  conversation: Conversation;
  /** Text of files, and images, that go with the next prompt. */
  attached: { texts: readonly string[]; images: readonly Part[] };
}

/** The request that a prompt makes. */
export function requestOf({ conversation, attached, options }: Talk, text: string): ChatRequest {
  const whole = [...attached.texts, text].join("\n\n");
  const prompt: Message = { role: "user", parts: [{ type: "text", text: whole }, ...attached.images] };
  return askAgain({ conversation, options }, prompt);
}

function askAgain({ conversation, options }: Pick<Talk, "conversation" | "options">, prompt: Message) {
  const params = { ...options.params, ...conversation.setup.params };
  return conversation.goingOn({ messages: [prompt], tools: [], params });
}

/** Asks a prompt that was asked before once more. */
export function retry(talk: Talk, prompt: Message, signal: AbortSignal): Promise<void> {
  return ask(talk, askAgain(talk, prompt), signal);
}

/** Asks, shows the answer as it comes and one line on it. Throws a `Problem` for a target that does not exist. */
export async function ask(talk: Talk, request: ChatRequest, signal: AbortSignal): Promise<void> {
  const { context, world, conversation, flags, options } = talk;
  const { app } = context;
  const { target, note: chosen } = await chooseTarget(asNames(conversation.setup.target), world);
  if (chosen !== undefined) note(context, chosen);
  const presenter = textMode(
    context,
    {
      closed: false,
      write: async (text) => {
        await writeOut(app.stdout, text);
      },
    },
    {
      debug: flags.debug === true,
      tellOutcome: async (outcome) => tellOutcome(talk, outcome),
    },
    talk.rendering?.(),
  );
  const input = makeInput(app, flags, options, request, target);
  try {
    await keptRun(conversation, request, (tell) => world.engine.run(input, signal, tell), presenter.show);
    talk.attached = { texts: [], images: [] };
  } finally {
    presenter.close();
  }
}

async function tellOutcome({ context, world }: Talk, outcome: Outcome): Promise<void> {
  const { app, globals } = context;
  if (globals.quiet) return;
  const paint = await painter(app.stderr, globals, app.env);
  const { error, degraded } = outcome;
  const style = degraded || error?.cause === "aborted" ? "yellow" : error === undefined ? "dim" : "red";
  const told = neutralise(footer(resultOf(outcome)));
  const lines = app.stderr.isTTY && app.stderr.columns ? wrap(told, app.stderr.columns - 1) : [told];
  for (const line of lines) writeErr(app.stderr, `${paint(style, line)}\n`);
  if (error === undefined) return;
  const outgrown = error.code === "context_length_exceeded" ? [OUTGROWN] : [];
  for (const line of [...outgrown, ...adviceFor(error.failures, (name) => world.catalog.backend(name))]) {
    writeErr(app.stderr, neutralise(`  ${line}\n`));
  }
}

const OUTGROWN =
  "the conversation is too long for everybody: /undo takes the last turn back, /clear begins anew, /model asks one with a larger window";

/** Shows a `Problem` as one line and its hint; anything else is a bug, and thrown on. */
export function tellProblem(context: CommandContext, error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  const hint = error.hint === undefined ? "" : `  ${error.hint.replaceAll("\n", "\n  ")}\n`;
  writeErr(context.app.stderr, neutralise(`nexus: ${error.message}\n${hint}`));
}
