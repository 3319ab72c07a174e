import { Problem } from "../../core/problem.ts";
import type { App, CommandContext } from "../app.ts";
import { hearEndSignals } from "../end-signals.ts";
import { EXIT } from "../exit-codes.ts";
import { painter } from "../output/color.ts";
import { writeOut } from "../output/write.ts";
import { FAULTS_IN_ORDER, type Scene, scenesFor } from "./scenes.ts";
import { openStage, type Stage } from "./stage.ts";

/** Runs one command line of nexus in an app and returns its exit code. */
type Nexus = (argv: readonly string[], app: App) => Promise<number>;

/** Plays every scene; 0 when each failover really happened, as the backends saw it. */
export async function runDemo(context: CommandContext, nexus: Nexus): Promise<number> {
  const stage = await openStage(context.app, FAULTS_IN_ORDER);
  // Remembered, so that the demo cleans up before it ends.
  let interrupted: number | undefined;
  const forget = hearEndSignals(
    context.app,
    (code) => {
      interrupted ??= code;
    },
    ["SIGINT", "SIGTERM", "SIGHUP"],
  );
  const { stdout } = context.app;
  try {
    await writeOut(stdout, `${OPENING}\n\n`);
    for (const scene of scenesFor(stage.cloud.url, stage.box.url)) {
      const failed = await play(context, nexus, stage, scene);
      if (interrupted !== undefined) return interrupted;
      // A reader that went away ends the show, and ends a chat before its answer is whole.
      if ((await writeOut(stdout, "\n")) === "closed") return EXIT.ok;
      if (failed !== undefined) {
        throw new Problem("io", "demo_failed", `the demo did not go as planned: ${failed}`);
      }
    }
    await writeOut(stdout, `${CLOSING}\n`);
    return EXIT.ok;
  } finally {
    forget();
    await stage.close();
  }
}

const OPENING = `Two backends run inside this program: cloud fails, box answers. They are scripted; no model is asked, nothing
leaves this machine, and your own configuration is not touched.`;

const CLOSING = `That was all real but the models: the same commands work with your own backends.
  nexus backend add http://127.0.0.1:11434   a server of yours
  nexus chat --help                          everything one prompt can do
  nexus mock --help                          a backend that fails the way you want to try next`;

/** What went wrong, or undefined. */
async function play(
  { app, globals }: CommandContext,
  nexus: Nexus,
  stage: Stage,
  scene: Scene,
): Promise<string | undefined> {
  const paint = await painter(app.stdout, globals, app.env);
  const before = stage.cloud.chats.length;
  await writeOut(app.stdout, `${paint("bold", scene.title)}\n`);
  for (const words of scene.commands) {
    await writeOut(app.stdout, `${paint("cyan", `$ nexus ${words.map(quoted).join(" ")}`)}\n`);
    // Flags that only say how to print are left out of what is shown; of a chat, the notes are the point.
    const quiet = globals.quiet || words[0] !== "chat";
    const printing = ["--color", globals.color, ...(quiet ? ["--quiet"] : [])];
    const code = await nexus([...printing, ...words], stage.app);
    if (code !== EXIT.ok) return `nexus ${words[0]} ended with exit code ${code}`;
  }
  return scene.first === undefined ? undefined : notFailedOver(stage, scene.first, before);
}

/** The backends are asked what happened, not the program that is shown. */
async function notFailedOver(
  { cloud, box }: Stage,
  expected: NonNullable<Scene["first"]>,
  before: number,
): Promise<string | undefined> {
  const first = cloud.chats.at(-1);
  if (expected === "is not asked") {
    if (cloud.chats.length > before) return "cloud was asked";
  } else if (cloud.chats.length === before || first?.step !== expected.failsWith) {
    return `cloud was not asked, or did not fail with ${expected.failsWith}`;
  }
  const second = box.chats.at(-1);
  if (second === undefined || second.atMs < (first?.atMs ?? 0)) return "box was not asked after it";
  const { status, aborted } = await box.ended();
  return status === 200 && !aborted ? undefined : "box could not give its whole answer";
}

/** A word as a shell wants it. */
function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `"${word}"`;
}
