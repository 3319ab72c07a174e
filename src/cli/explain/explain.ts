import type { Wanted } from "../../control/ask.ts";
import type { ChatRequest } from "../../core/chat.ts";
import type { CommandContext } from "../app.ts";
import type { ChatOptions } from "../chat/flags.ts";
import { neutralise } from "../output/neutralise.ts";
import { note, print, printJson, warn } from "../output/print.ts";
import { type LiveServer, type ServerFlags, viewText, watchedServer } from "../running-server.ts";
import { findPaths, openWorld } from "../wiring.ts";
import { type Explained, explainIn, readExplained } from "./explained.ts";

/** How the request would be made if no server were asked. */
interface Run {
  readonly requestId: string;
  readonly rateLimitWaitMs: number;
}

/**
 * Says whom a request would go to: the running server does so, with what it knows, and without one it is found out from the
 * files. Returns the exit code of the run that is explained.
 */
export async function explain(
  context: CommandContext,
  wanted: Wanted,
  how: { readonly flags: ServerFlags; readonly mode: ChatOptions["mode"]; readonly run: Run },
  signal: AbortSignal,
): Promise<number> {
  const { stateDir } = await findPaths(context);
  const server = await watchedServer(context, stateDir, how.flags);
  const explained =
    server === undefined
      ? await explainHere(context, wanted, how.run, signal)
      : await explainThere(context, wanted, server, signal);
  for (const text of explained.notes) note(context, text);
  for (const text of explained.warnings) warn(context, text);
  note(context, `${viewText(server)}; nothing is sent`);
  const report = { view: server === undefined ? "fresh" : "server", server: server?.url ?? null };
  await show(context, { ...explained, report: { ...report, ...explained.report } }, how.mode);
  return explained.exitCode;
}

async function explainHere(
  context: CommandContext,
  wanted: Wanted,
  run: Run,
  signal: AbortSignal,
): Promise<Explained> {
  const world = await openWorld(context, { detect: wanted.profile === undefined });
  try {
    return await explainIn(world, wanted, run, signal);
  } finally {
    await world.close();
  }
}

async function explainThere(
  { app }: CommandContext,
  wanted: Wanted,
  server: LiveServer,
  signal: AbortSignal,
): Promise<Explained> {
  const named = wanted.profile ?? wanted.model;
  // The server has the variables of its own start.
  const profile = named === undefined ? app.env["NEXUS_PROFILE"] || undefined : wanted.profile;
  const request = withoutImages(wanted.request);
  return readExplained(await server.ask({ command: "explain", ...wanted, profile, request }, signal));
}

/** That there are images matters, not what is on them. */
function withoutImages(request: ChatRequest): ChatRequest {
  const messages = request.messages.map((message) => ({
    ...message,
    parts: message.parts.map((part) => (part.type === "image" ? { ...part, data: "" } : part)),
  }));
  return { ...request, messages };
}

function show(
  { app }: CommandContext,
  { report, text }: Explained,
  mode: ChatOptions["mode"],
): Promise<void> {
  switch (mode) {
    case "text":
      return print(app, neutralise(text));
    case "json":
      return printJson(app, report);
    case "ndjson":
      return print(app, `${JSON.stringify({ type: "done", ...report })}\n`);
  }
}
