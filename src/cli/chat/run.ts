import type { ChatRequest } from "../../core/chat.ts";
import type { Outcome, RunEvent } from "../../core/outcome.ts";
import type { Take } from "../../core/take.ts";
import type { RunInput } from "../../engine/engine.ts";
import { reachableProfiles } from "../../routing/reachable.ts";
import type { App, CommandContext } from "../app.ts";
import type { ChatFlags } from "../commands/chat.ts";
import { EXIT, exitCodeOfRun } from "../exit-codes.ts";
import { note, print, warn } from "../output/print.ts";
import { unansweredText } from "../output/unanswered.ts";
import { writeOut } from "../output/write.ts";
import type { Conversation } from "../sessions/conversation.ts";
import { openWorld, type World } from "../wiring.ts";
import { type ChatOptions, readFlags } from "./flags.ts";
import type { GoingOn } from "./going-on.ts";
import { jsonMode } from "./json-mode.ts";
import { ndjsonMode } from "./ndjson-mode.ts";
import { tellOutcome } from "./outcome-lines.ts";
import type { AnswerOut, Presenter } from "./presenter.ts";
import { makeRequest } from "./request.ts";
import { requestIds } from "./request-id.ts";
import { makeInput, RATE_LIMIT_WAIT_MS } from "./run-input.ts";
import { type Interrupts, listenForInterrupts } from "./signals.ts";
import { stdinKind } from "./stdin.ts";
import { asNames, chooseTarget } from "./target.ts";
import { textMode } from "./text-mode.ts";

/** `nexus chat`: from the command line to an answer and an exit code. */
export async function chat(
  context: CommandContext,
  flags: ChatFlags,
  words: readonly string[],
  given?: ChatRequest,
): Promise<number> {
  const options = readFlags(flags);
  if (given === undefined && wantsRepl(context, flags, options, words)) {
    const { repl } = await import("../repl/run.ts");
    return repl(context, flags, options);
  }
  const interrupts = listenForInterrupts(context.app);
  let goingOn: GoingOn | undefined;
  try {
    const asked = given ?? (await makeRequest(context, flags, options.params, words, interrupts.signal));
    if (asked === undefined) return await endedEarly(context.app, options.mode, interrupts);
    if (flags.continue || flags.session !== undefined) {
      const { openConversation } = await import("./going-on.ts");
      goingOn = await openConversation(context, flags);
    }
    const conversation = goingOn?.conversation;
    const request = conversation?.goingOn(asked) ?? asked;
    const named = conversation === undefined ? flags : asNames(conversation.setup.target);
    if (flags.explain) {
      return await explained(context, { ...flags, ...named }, options, request, interrupts.signal);
    }
    const world = await openWorld(context, { detect: named.profile === undefined });
    try {
      const choice = await chooseTarget(named, world);
      if (choice.note !== undefined) note(context, choice.note);
      for (const { name } of reachableProfiles(choice.target.name, world.catalog)) {
        for (const text of world.profiles.warnings(name)) warn(context, text);
      }
      const input = makeInput(context.app, flags, options, request, choice.target);
      return await ask(
        { context, mode: options.mode, debug: flags.debug === true, world, interrupts, conversation },
        input,
      );
    } finally {
      await world.close();
    }
  } finally {
    await goingOn?.close();
    interrupts.release();
  }
}

/** Nothing is asked, and somebody sits at a terminal. */
function wantsRepl(
  { globals }: CommandContext,
  flags: ChatFlags,
  { mode }: ChatOptions,
  words: readonly string[],
): boolean {
  const possible = words.length === 0 && flags.stdin && globals.input && mode === "text" && !flags.explain;
  return possible && stdinKind() === "terminal";
}

async function explained(
  context: CommandContext,
  flags: ChatFlags,
  { mode, zone, minTier }: ChatOptions,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<number> {
  const { explain } = await import("../explain/explain.ts");
  const { profile, model } = flags;
  const run = { requestId: requestIds(context.app.chance)(), rateLimitWaitMs: RATE_LIMIT_WAIT_MS };
  const wanted = { profile, model, request, zone, minTier, noFallback: !flags.fallback };
  return explain(context, wanted, { flags, mode, run }, signal);
}

interface Asking {
  readonly context: CommandContext;
  readonly mode: ChatOptions["mode"];
  readonly debug: boolean;
  readonly world: World;
  readonly interrupts: Interrupts;
  readonly conversation: Conversation | undefined;
}

async function ask(asking: Asking, input: RunInput): Promise<number> {
  const { world, interrupts, conversation } = asking;
  const out = openAnswerOut(asking.context.app, interrupts);
  const presenter = present(asking, input, out);
  const run = (tell: Take<RunEvent>) => world.engine.run(input, interrupts.signal, tell);
  try {
    const { error } = await (conversation === undefined
      ? run(presenter.show)
      : (await import("./kept-run.ts")).keptRun(conversation, input.request, run, presenter.show));
    if (out.closed || error === undefined) return EXIT.ok;
    return interrupts.exitCode() ?? exitCodeOfRun(error);
  } finally {
    presenter.close();
  }
}

function present(
  { context, mode, debug, world }: Asking,
  { requestId, target }: RunInput,
  out: AnswerOut,
): Presenter {
  const options = {
    debug,
    tellOutcome: async (outcome: Outcome) => {
      if (!out.closed) await tellOutcome(context, outcome, (name) => world.catalog.backend(name));
    },
  };
  switch (mode) {
    case "text":
      return textMode(context, out, options);
    case "json":
      return jsonMode(context, out, options);
    case "ndjson":
      return ndjsonMode(context, out, { requestId, target }, options);
  }
}

/** When the reader of the answer goes away, the run is ended and nothing more is said. */
function openAnswerOut({ stdout }: App, interrupts: Interrupts): AnswerOut {
  let closed = false;
  return {
    get closed() {
      return closed;
    },
    async write(text) {
      if (closed || (await writeOut(stdout, text)) === "written") return;
      closed = true;
      interrupts.abort();
    },
  };
}

/** A signal came before there was anything to ask: JSON modes still get their one last object. */
async function endedEarly(app: App, mode: ChatOptions["mode"], interrupts: Interrupts): Promise<number> {
  const error = { name: "Aborted", code: "aborted", message: "aborted", hint: null };
  if (mode !== "text") await print(app, unansweredText(error, mode));
  return interrupts.exitCode() ?? EXIT.interrupted;
}
