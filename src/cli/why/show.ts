import { resolvePaths } from "../../config/paths.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Problem } from "../../core/problem.ts";
import type { PastRequest } from "../../core/request-record.ts";
import { type History, openHistory } from "../../ledger/open.ts";
import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { print, printJson, table, warn } from "../output/print.ts";
import { summaryJson } from "../output/run-json.ts";
import { adviceOn } from "./advice-on.ts";
import { attemptLine, facts } from "./lines.ts";

/** `nexus why` */
export async function showWhy(
  context: CommandContext,
  flags: { json?: boolean },
  id: string,
): Promise<number> {
  const { app, globals } = context;
  const { stateDir } = resolvePaths({ configDir: globals.configDir }, app.env);
  const history = openHistory(stateDir, (text) => warn(context, text));
  try {
    const request = await find(history, id);
    if (flags.json) await printJson(app, requestJson(request));
    else {
      await table(app, [...facts(request), ...(await adviceOn(context, request.outcome))]);
      const { attempts } = request.outcome;
      if (attempts.length > 0) await print(app, "\n");
      await table(app, attempts.map(attemptLine));
    }
    return EXIT.ok;
  } finally {
    await history.close();
  }
}

async function find(history: History, id: string): Promise<PastRequest> {
  if (id === "last") {
    const last = await history.last();
    if (last !== undefined) return last;
    throw new Problem(
      "not-found",
      "no_history",
      "no request has been recorded yet",
      "`nexus chat` makes the first",
    );
  }
  const [, digits] = /^(?:req_)?([0-9a-f]{4,})$/i.exec(id) ?? [];
  if (digits === undefined) {
    throw new Problem(
      "usage",
      "usage",
      `"${id}" is no request${didYouMean(id, ["last"])}`,
      "give `last`, or an id as nexus printed it: req_8f2c…, at least 4 digits of it",
    );
  }
  const found = await history.find(`req_${digits.toLowerCase()}`);
  switch (found.kind) {
    case "one":
      return found.request;
    case "none":
      throw new Problem(
        "not-found",
        "request_not_found",
        `there is no request "${id}" in the history`,
        "`nexus why last` shows the last one",
      );
    case "several":
      throw new Problem(
        "not-found",
        "request_ambiguous",
        `several requests begin with "${id}"`,
        `for example: ${found.ids.join(", ")}`,
      );
  }
}

/** What was asked for, then the words of `chat --json`. */
function requestJson({ at, door, target, outcome }: PastRequest): object {
  return {
    time: new Date(at).toISOString(),
    door,
    model: target.kind === "model" ? target.name : null,
    ...summaryJson(outcome),
  };
}
