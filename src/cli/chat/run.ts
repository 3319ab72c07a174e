import type { ChatRequest, Message } from "../../core/chat.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { RunInput } from "../../engine/engine.ts";
import { reachableProfiles } from "../../routing/reachable.ts";
import type { App, CommandContext } from "../app.ts";
import type { ChatFlags } from "../commands/chat.ts";
import { EXIT, exitCodeOfRun } from "../exit-codes.ts";
import { note, print, warn } from "../output/print.ts";
import { unansweredText } from "../output/unanswered.ts";
import { writeOut } from "../output/write.ts";
import { openWorld, type World } from "../wiring.ts";
import { readFiles, readImages } from "./attachments.ts";
import { type ChatOptions, readFlags } from "./flags.ts";
import { jsonMode } from "./json-mode.ts";
import { ndjsonMode } from "./ndjson-mode.ts";
import { tellOutcome } from "./outcome-lines.ts";
import type { AnswerOut, Presenter } from "./presenter.ts";
import { readPrompt } from "./prompt.ts";
import { requestIds } from "./request-id.ts";
import { type Interrupts, listenForInterrupts } from "./signals.ts";
import { stdinKind } from "./stdin.ts";
import { chooseTarget } from "./target.ts";
import { textMode } from "./text-mode.ts";

/** Milliseconds a run from the command line waits for rate-limited candidates where no profile says it. */
const RATE_LIMIT_WAIT_MS = 10_000;

/** `nexus chat`: from the command line to an answer and an exit code. */
export async function chat(
  context: CommandContext,
  flags: ChatFlags,
  words: readonly string[],
  given?: ChatRequest,
): Promise<number> {
  const options = readFlags(flags);
  const interrupts = listenForInterrupts(context.app);
  try {
    const request = given ?? (await makeRequest(context, flags, options, words, interrupts));
    if (request === undefined) return await endedEarly(context.app, options.mode, interrupts);
    if (flags.explain) return await explained(context, flags, options, request, interrupts.signal);
    const world = await openWorld(context, { detect: flags.profile === undefined });
    try {
      const choice = await chooseTarget(flags, world);
      if (choice.note !== undefined) note(context, choice.note);
      for (const { name } of reachableProfiles(choice.target.name, world.catalog)) {
        for (const text of world.profiles.warnings(name)) warn(context, text);
      }
      const input = makeInput(context.app, flags, options, request, choice.target);
      return await ask(
        { context, mode: options.mode, debug: flags.debug === true, world, interrupts },
        input,
      );
    } finally {
      await world.close();
    }
  } finally {
    interrupts.release();
  }
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

/** Undefined when a signal came while standard input was read. */
async function makeRequest(
  context: CommandContext,
  flags: ChatFlags,
  options: ChatOptions,
  words: readonly string[],
  { signal }: Interrupts,
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
  return { messages: [...system, user], tools: [], params: options.params };
}

function makeInput(
  app: App,
  flags: ChatFlags,
  { timeoutMs, zone, minTier }: ChatOptions,
  request: ChatRequest,
  target: RunInput["target"],
): RunInput {
  return {
    requestId: requestIds(app.chance)(),
    door: "chat",
    target,
    request,
    noFallback: !flags.fallback,
    rateLimitWaitMs: RATE_LIMIT_WAIT_MS,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(zone === undefined ? {} : { zone }),
    ...(minTier === undefined ? {} : { minTier }),
  };
}

interface Asking {
  readonly context: CommandContext;
  readonly mode: ChatOptions["mode"];
  readonly debug: boolean;
  readonly world: World;
  readonly interrupts: Interrupts;
}

async function ask(asking: Asking, input: RunInput): Promise<number> {
  const { world, interrupts } = asking;
  const out = openAnswerOut(asking.context.app, interrupts);
  const presenter = present(asking, input, out);
  try {
    const { error } = await world.engine.run(input, interrupts.signal, presenter.show);
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
