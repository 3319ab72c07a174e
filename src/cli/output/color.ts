import type { ChalkInstance } from "chalk";
import type { Env, Globals } from "../app.ts";

/** Colours by meaning; each returns the text unchanged where there is no colour. */
export type Paint = Pick<
  ChalkInstance,
  "bold" | "dim" | "italic" | "underline" | "strikethrough" | "red" | "green" | "yellow" | "cyan"
>;

/**
 * Whether a stream gets colour, each stream for itself: `--color` first, then `NO_COLOR` (when not empty), `FORCE_COLOR`
 * (https://force-color.org, `0` and `false` mean none), `TERM=dumb`, and last whether it is a terminal.
 */
export function colorLevel(
  stream: { readonly isTTY?: boolean },
  globals: Pick<Globals, "color">,
  env: Env,
): boolean {
  if (globals.color !== "auto") return globals.color === "always";
  if (env["NO_COLOR"]) return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return env["TERM"] !== "dumb" && stream.isTTY === true;
}

/** Paints for a stream; chalk is loaded only where there is colour. */
export async function painter(
  stream: { readonly isTTY?: boolean },
  globals: Pick<Globals, "color">,
  env: Env,
): Promise<(style: keyof Paint, text: string) => string> {
  if (!colorLevel(stream, globals, env)) return (_style, text) => text;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return (style, text) => chalk[style](text);
}
