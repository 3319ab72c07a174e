import { createCounts } from "./counts.ts";
import type { EndedRequest } from "./ended.ts";
import { createFigures } from "./figures.ts";
import { type KnownNames, withKnownNames } from "./known-names.ts";
import type { Look } from "./look.ts";
import { createMetrics } from "./metrics.ts";
import { json, pageRoute, text } from "./own-pages.ts";
import type { Route } from "./routes.ts";
import type { Served } from "./served.ts";

/** What a server counts of its requests, and the doors where that is told. */
export interface Counting {
  /** Counts requests for an answer and those that were refused. */
  book(ended: EndedRequest): void;
  /** `GET /metrics` and `GET /v1/stats`. */
  readonly routes: readonly Route[];
}

/** Starts to count. `since`: milliseconds since 1970. */
export function createCounting(deps: { served: () => Served; look: Look; since: number }): Counting {
  const counts = createCounts();
  const readMetrics = createMetrics(counts);
  const figures = createFigures(deps.since);
  const { served, look } = deps;

  const isInProfile = (model: string): boolean => {
    const { catalog } = served();
    return catalog.profileNames().some((name) => {
      const found = catalog.profile(name);
      return found.found && found.profile.type === "model" && found.profile.model === model;
    });
  };
  const known: KnownNames = {
    backend: (name) => served().catalog.backend(name) !== undefined,
    model: (name) => look.isListed(name) || isInProfile(name),
  };

  return {
    book(ended) {
      const { outcome, refused, bug } = ended;
      if (outcome === undefined && refused === undefined && bug === undefined) return;
      const told = outcome && withKnownNames(outcome, known);
      const named = told === outcome ? ended : { ...ended, outcome: told };
      counts.book(named);
      figures.book(named);
    },
    routes: [
      pageRoute("GET", "/metrics", async () => {
        const page = await readMetrics(look, known);
        return text(page.text, page.contentType);
      }),
      pageRoute("GET", "/v1/stats", () => json(figures.read(look))),
    ],
  };
}
