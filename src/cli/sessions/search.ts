import { localTime } from "../../core/local-time.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { note, printJson, table } from "../output/print.ts";
import { withSessions } from "./open.ts";

/** `nexus sessions search WORDS`: every turn in which all of them were said. */
export async function searchSessions(
  context: CommandContext,
  { json, limit }: { json?: boolean; limit: number },
  texts: readonly string[],
): Promise<number> {
  const words = texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== "");
  if (words.length === 0) throw new Problem("usage", "usage", "there is nothing to search for");
  const matches = await withSessions(context, (sessions) => sessions.search(words, limit));
  if (json) {
    await printJson(
      context.app,
      matches.map(({ name, at, excerpt }) => ({ name, time: new Date(at).toISOString(), excerpt })),
    );
  } else {
    await table(
      context.app,
      matches.map(({ name, at, excerpt }) => [
        name,
        localTime(new Date(at)).slice(0, -":00".length),
        excerpt,
      ]),
      ["NAME", "TIME", "TEXT"],
    );
  }
  if (matches.length === 0) note(context, "nobody said that in a saved session");
  return EXIT.ok;
}
