import type { Backend } from "../../core/backend.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { CommandContext } from "../app.ts";
import { adviceFor } from "../output/advice.ts";
import { answeredLine, chainLine, degradedLine, failedLine } from "../output/answer-line.ts";
import { painter } from "../output/color.ts";
import { neutralise } from "../output/neutralise.ts";
import { writeErr } from "../output/write.ts";

/** Tells on standard error how a run ended: the chain, then who answered or why nobody did. Nothing with `-q`. */
export async function tellOutcome(
  { app, globals }: CommandContext,
  outcome: Outcome,
  backendNamed: (name: string) => Backend | undefined,
): Promise<void> {
  if (globals.quiet) return;
  const paint = await painter(app.stderr, globals, app.env);
  const line = (style: "dim" | "yellow" | "red", text: string): void =>
    writeErr(app.stderr, `${paint(style, neutralise(`nexus: ${text}`))}\n`);
  const degraded = degradedLine(outcome);
  if (degraded !== undefined) line("yellow", degraded);
  line("dim", chainLine(outcome));
  const { error } = outcome;
  if (error === undefined) return line("dim", answeredLine(outcome));
  line("red", failedLine(error.message));
  for (const advice of adviceFor(error.failures, backendNamed)) {
    writeErr(app.stderr, neutralise(`  ${advice}\n`));
  }
}
