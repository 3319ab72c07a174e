import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { painter } from "../output/color.ts";
import { neutralise } from "../output/neutralise.ts";
import { note, print, printJson } from "../output/print.ts";
import { startSpinner } from "../output/spinner.ts";
import { wrap } from "../output/wrap.ts";
import { diagnose } from "./diagnose.ts";
import { CHECKS, type Finding, type Level } from "./finding.ts";

/** `nexus doctor` */
export async function doctor(context: CommandContext, flags: { json?: boolean }): Promise<number> {
  const { app } = context;
  const spinner = startSpinner(context);
  spinner.say("checking");
  const findings = await diagnose(context, spinner.say).finally(spinner.stop);
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [broken, warnings] = [count("broken"), count("warning")];
  if (flags.json) {
    const checks = findings.map(({ check, level, text, fix }) => ({ check, level, text, fix: fix ?? null }));
    await printJson(app, { ok: broken === 0, broken, warnings, findings: checks });
  } else {
    await print(app, await reportText(context, findings));
    note(context, verdict(broken, warnings));
  }
  return broken === 0 ? EXIT.ok : EXIT.config;
}

const STYLES = { ok: "green", warning: "yellow", broken: "red" } as const;
const LEVEL_WIDTH = Math.max(...Object.keys(STYLES).map((level) => level.length)) + 2;
const CHECK_WIDTH = Math.max(...CHECKS.map((check) => check.length)) + 2;

/** One line for each finding and one for what mends it; on a terminal they are wrapped at its width. */
async function reportText({ app, globals }: CommandContext, findings: readonly Finding[]): Promise<string> {
  const { stdout, env } = app;
  const paint = await painter(stdout, globals, env);
  const indent = LEVEL_WIDTH + CHECK_WIDTH;
  const room = stdout.isTTY && stdout.columns ? stdout.columns - indent : Number.POSITIVE_INFINITY;
  const margin = " ".repeat(indent);
  const lines = findings.flatMap(({ check, level, text, fix }) => {
    const [first = "", ...rest] = wrap(neutralise(text), room);
    const mend = fix === undefined ? [] : wrap(neutralise(`fix: ${fix}`), room);
    return [
      paint(STYLES[level], level) +
        " ".repeat(LEVEL_WIDTH - level.length) +
        check.padEnd(CHECK_WIDTH) +
        first,
      ...rest.map((line) => margin + line),
      ...mend.map((line) => margin + paint("bold", line)),
    ];
  });
  return `${lines.join("\n")}\n`;
}

function verdict(broken: number, warnings: number): string {
  const warned = `${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
  if (broken > 0) return `${broken} broken, ${warned}`;
  return warnings > 0 ? `nothing is broken, ${warned}` : "all is well";
}
