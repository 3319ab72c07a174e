import type { IncomingMessage } from "node:http";
import findMyWay from "find-my-way";
import type { AskedAt, FrontDoor } from "../dialects/dialect.ts";
import type { Exchange } from "./exchange.ts";

/** What is answered at a path. */
export interface Route {
  readonly methods: readonly Method[];
  /** May end in `*`. */
  readonly path: string;
  /** Whose it is, where no other door answers at this path. */
  readonly door?: FrontDoor;
  answer(exchange: Exchange, at: AskedAt): void;
}

/** A route, and how it was asked for. */
export interface Found {
  readonly route: Route;
  readonly at: AskedAt;
}

/** All that is answered. */
export interface Routes {
  /** `unreadable`: the target has an escape that stands for no character. */
  find(request: IncomingMessage, target: string): Found | "unreadable" | undefined;
  /** What may be asked of a path; nothing where there is no door. */
  methodsOf(target: string): readonly string[];
}

type Method = "GET" | "HEAD" | "POST";

/** Slashes that stand doubled in a target count once. */
export function createRoutes(routes: readonly Route[]): Routes {
  // Its handlers are never called: the route is what it finds.
  const idle = () => {};
  const router = findMyWay({ ignoreDuplicateSlashes: true, onBadUrl: idle });
  for (const route of routes) router.on([...route.methods], route.path, idle, route);
  return {
    find({ method, headers }, target) {
      const asked = method === "POST" || method === "HEAD" ? method : "GET";
      const found = router.find(asked, target);
      if (found === null) return undefined;
      const route: Route | null = found.store;
      if (route === null) return "unreadable";
      if (asked !== method) return undefined;
      return { route, at: { rest: found.params["*"] ?? "", query: textsOf(found.searchParams), headers } };
    },
    methodsOf(target) {
      const path = target.split("?", 1)[0] ?? "";
      const here = routes.filter((one) =>
        one.path.endsWith("*") ? path.startsWith(one.path.slice(0, -1)) : one.path === path,
      );
      return [...new Set(here.flatMap(({ methods }) => methods))].sort();
    },
  };
}

/** The parameters that are texts: of one that stands twice none is meant. */
function textsOf(query: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) if (typeof value === "string") texts[name] = value;
  return texts;
}
