import type { CommandContext } from "../app.ts";
import type { Paint, Style } from "../markdown/inline.ts";
import { markdown, type Rendering } from "../markdown/markdown.ts";
import { colorLevel, type Paint as Painted, painter } from "../output/color.ts";

const LOOKS: Readonly<Record<Style, readonly (keyof Painted)[]>> = {
  heading: ["bold", "underline"],
  bold: ["bold"],
  italic: ["italic"],
  strike: ["strikethrough"],
  code: ["cyan"],
  link: ["underline"],
  mark: ["dim"],
};

/**
 * How answers are shown at a prompt: with their Markdown rendered, on a terminal with colour. Where there are no styles its
 * marks are what there is to see, and they stay: undefined.
 */
export async function answerRendering({
  app,
  globals,
}: CommandContext): Promise<(() => Rendering) | undefined> {
  const { stdout, env } = app;
  if (!stdout.isTTY || !colorLevel(stdout, globals, env)) return undefined;
  const put = await painter(stdout, globals, env);
  const paint: Paint = (style, text) => LOOKS[style].reduce((shown, look) => put(look, shown), text);
  return () => markdown(paint, stdout.columns || 80);
}
