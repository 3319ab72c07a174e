import { Problem } from "../../core/problem.ts";
import { messagesOf, textOf } from "../../sessions/session.ts";
import { readFiles, readImages } from "../chat/attachments.ts";
import { readParams } from "../chat/flags.ts";
import { requestIds } from "../chat/request-id.ts";
import { neutralise } from "../output/neutralise.ts";
import { note, print, table } from "../output/print.ts";
import { conversation } from "../sessions/conversation.ts";
import { savedSession } from "../sessions/open.ts";
import { ask, requestOf, retry, type Talk } from "./talk.ts";

/** A command of the prompt. `run` gets what stands behind its name. */
export interface ReplCommand {
  readonly usage: string;
  readonly does: string;
  readonly run: (talk: Talk, rest: string, signal: AbortSignal) => Promise<void>;
}

/** Every command, in the order of `/help`. */
export const REPL_COMMANDS: Readonly<Record<string, ReplCommand>> = {
  help: { usage: "", does: "this list", run: help },
  profile: { usage: "[NAME]", does: "ask through a profile; without a name, list them", run: profile },
  model: { usage: "[NAME]", does: "ask a model; without a name, say who is asked", run: model },
  system: { usage: "[TEXT|-]", does: "set the system text; - takes it away", run: system },
  set: { usage: "[key=value]", does: "set a request parameter; without one, show them", run: set },
  file: { usage: "PATH", does: "a text file goes with the next prompt", run: file },
  image: { usage: "PATH|URL", does: "an image goes with the next prompt", run: image },
  retry: { usage: "", does: "ask the last prompt again", run: again },
  edit: { usage: "", does: "write the last prompt anew in $EDITOR, and ask it", run: edit },
  undo: { usage: "", does: "take the last turn back", run: undo },
  clear: { usage: "", does: "begin a new conversation; this one stays saved", run: clear },
  save: { usage: "NAME", does: "give this conversation a name", run: save },
  load: { usage: "NAME", does: "go on with a saved conversation", run: load },
  sessions: { usage: "[WORDS]", does: "list saved conversations, or search them", run: sessions },
  stats: { usage: "", does: "count past requests", run: stats },
  status: { usage: "", does: "who is held back, and where load balancers start", run: status },
  explain: { usage: "[PROMPT]", does: "say whom the next prompt would go to", run: explain },
  why: { usage: "", does: "what happened to the last request", run: why },
  copy: { usage: "", does: "copy the last answer to the clipboard", run: copy },
  quit: { usage: "", does: "leave; so does Ctrl-D", run: async () => {} },
};

async function help({ context }: Talk): Promise<void> {
  const rows = Object.entries(REPL_COMMANDS).map(([name, { usage, does }]) => [
    `/${name} ${usage}`.trim(),
    does,
  ]);
  await table(context.app, rows);
  await print(
    context.app,
    `
Several lines: Alt-Enter, a \\ at the end of a line, or """ before and after.
Ctrl-R looks for what was typed; Ctrl-C stops an answer.
A prompt that begins with a slash: put a space before it.
`,
  );
}

async function profile(talk: Talk, name: string): Promise<void> {
  const { context, world, conversation: now } = talk;
  if (name === "")
    return print(
      context.app,
      world.catalog
        .profileNames()
        .map((one) => `${one}\n`)
        .join(""),
    );
  if (!world.catalog.hasProfile(name)) {
    const { didYouMean } = await import("../../core/nearest.ts");
    const near = didYouMean(name, world.catalog.profileNames());
    throw new Problem(
      "not-found",
      "profile_not_found",
      `there is no profile "${name}"${near}`,
      "/profile lists them",
    );
  }
  now.setup = { ...now.setup, target: { kind: "profile", name } };
  note(context, `asking through profile ${name} from now on`);
}

async function model({ context, conversation: now }: Talk, name: string): Promise<void> {
  const { target } = now.setup;
  if (name === "")
    return note(
      context,
      target === undefined ? "asking the default" : `asking ${target.kind} ${target.name}`,
    );
  now.setup = { ...now.setup, target: { kind: "model", name } };
  note(context, `asking ${name} from now on`);
}

async function system({ context, conversation: now }: Talk, text: string): Promise<void> {
  const { system: before, ...rest } = now.setup;
  if (text === "")
    return note(context, before === undefined ? "there is no system text" : `system text: ${before}`);
  now.setup = text === "-" ? rest : { ...rest, system: text };
  note(context, text === "-" ? "no system text any more" : "the system text is set");
}

async function set({ context, conversation: now }: Talk, text: string): Promise<void> {
  const params = text === "" ? now.setup.params : { ...now.setup.params, ...readParams([text]) };
  if (params !== undefined) now.setup = { ...now.setup, params };
  const told = Object.entries(params ?? {}).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  note(
    context,
    told.length === 0 ? "no parameter is set; for example: /set temperature=0.2" : told.join(" "),
  );
}

async function file(talk: Talk, path: string): Promise<void> {
  const text = await readFiles([named(path, "/file notes.txt")], talk.context.app);
  talk.attached = { ...talk.attached, texts: [...talk.attached.texts, text] };
  note(talk.context, `${path} goes with the next prompt`);
}

async function image(talk: Talk, path: string): Promise<void> {
  const parts = await readImages([named(path, "/image chart.png")], talk.context.app);
  talk.attached = { ...talk.attached, images: [...talk.attached.images, ...parts] };
  note(talk.context, `${path} goes with the next prompt`);
}

async function again(talk: Talk, _rest: string, signal: AbortSignal): Promise<void> {
  const turn = await talk.conversation.takeBack();
  if (turn === undefined) throw nothingYet();
  await retry(talk, turn.prompt, signal);
}

async function edit(talk: Talk, _rest: string, signal: AbortSignal): Promise<void> {
  const { editText } = await import("../asking/editor.ts");
  const last = talk.conversation.log.at(-1);
  if (last === undefined) throw nothingYet();
  let edited: string | undefined;
  await talk.keyboard.lend(() =>
    editText(talk.context, "prompt.md", textOf(last.prompt), async (text) => {
      edited = text.trimEnd();
    }),
  );
  if (edited === undefined || edited === "") return note(talk.context, "nothing was changed");
  await talk.conversation.takeBack();
  await ask(talk, requestOf(talk, edited), signal);
}

async function undo({ context, conversation: now }: Talk): Promise<void> {
  if ((await now.takeBack()) === undefined) throw nothingYet();
  note(context, `the last turn is taken back; ${messagesOf(now.log).length / 2} are left`);
}

async function clear(talk: Talk): Promise<void> {
  const { setup } = talk.conversation;
  talk.conversation = conversation(deps(talk));
  talk.conversation.setup = setup;
  note(talk.context, "a new conversation");
}

async function save({ context, conversation: now, sessions: kept }: Talk, name: string): Promise<void> {
  if (kept === undefined) throw notKept();
  await now.rename(named(name, "/save trip"));
  note(context, `this conversation is ${now.name}: nexus chat --session ${now.name}`);
}

async function load(talk: Talk, name: string): Promise<void> {
  if (talk.sessions === undefined) throw notKept();
  const saved = await savedSession(talk.sessions, named(name, "/load trip"));
  talk.conversation = conversation(deps(talk), saved);
  note(talk.context, `going on with ${saved.name}: ${saved.title} (${saved.turns} turns)`);
}

async function sessions({ context }: Talk, words: string): Promise<void> {
  if (words === "") await (await import("../sessions/list.ts")).listSessions(context, { limit: 20 });
  else await (await import("../sessions/search.ts")).searchSessions(context, { limit: 20 }, [words]);
}

async function stats({ context }: Talk): Promise<void> {
  await (await import("../stats/show.ts")).showStats(context, { by: "member" });
}

async function status({ context }: Talk): Promise<void> {
  await (await import("../status/show.ts")).showStatus(context, {});
}

async function explain(talk: Talk, text: string, signal: AbortSignal): Promise<void> {
  const { explainIn } = await import("../explain/explained.ts");
  const { context, world, conversation: now, flags, options } = talk;
  const { zone, minTier } = options;
  const { target } = now.setup;
  const wanted = {
    profile: target?.kind === "profile" ? target.name : undefined,
    model: target?.kind === "model" ? target.name : undefined,
    request: requestOf(talk, text),
    noFallback: !flags.fallback,
    zone,
    minTier,
  };
  const run = { requestId: requestIds(context.app.chance)(), rateLimitWaitMs: 10_000 };
  await print(context.app, neutralise((await explainIn(world, wanted, run, signal)).text));
}

async function why({ context }: Talk): Promise<void> {
  await (await import("../why/show.ts")).showWhy(context, {}, "last");
}

async function copy({ context, conversation: now }: Talk): Promise<void> {
  const { answer } = now.log.at(-1) ?? {};
  if (answer === undefined) throw nothingYet();
  if (!context.app.stdout.isTTY) throw new Problem("usage", "usage", "there is no terminal to copy through");
  await print(context.app, `\u001b]52;c;${Buffer.from(textOf(answer)).toString("base64")}\u0007`);
  note(context, "the last answer is on the clipboard, where the terminal lets programs write there");
}

function deps({ sessions: kept, context }: Talk) {
  return { sessions: kept, chance: context.app.chance, wallMs: Date.now };
}

function named(text: string, example: string): string {
  if (text !== "") return text;
  throw new Problem("usage", "usage", "something is missing", `for example: ${example}`);
}

function nothingYet(): Problem {
  return new Problem("usage", "usage", "nothing was said yet");
}

function notKept(): Problem {
  return new Problem("usage", "sessions_off", "no conversation is kept: sessions.enabled is false");
}
