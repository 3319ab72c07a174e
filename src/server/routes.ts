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

/** A route, and how a target leads there. */
export interface Found {
  readonly route: Route;
  /** What stands for the `*` of its path, percent-escapes undone. */
  readonly rest: string;
  readonly query: Readonly<Record<string, unknown>>;
}

/** All that is answered. */
export interface Routes {
  /** `unreadable`: the target has an escape that stands for no character. */
  find(method: string | undefined, target: string): Found | "unreadable" | undefined;
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
    find(method, target) {
      const asked = method === "POST" || method === "HEAD" ? method : "GET";
      const found = router.find(asked, target);
      if (found === null) return undefined;
      const route: Route | null = found.store;
      if (route === null) return "unreadable";
      if (asked !== method) return undefined;
      return { route, rest: found.params["*"] ?? "", query: found.searchParams };
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

/** Where a request was sent, as doors read it. Of a parameter that stands twice none is meant. */
export function askedAt({ rest, query }: Found, { headers }: Exchange["request"]): AskedAt {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) if (typeof value === "string") texts[name] = value;
  return { rest, query: texts, headers };
}
