import { HOP_HEADER } from "../core/hop.ts";
import type { BadRequest, DoorPage, FrontDoor } from "../dialects/dialect.ts";
import { DOORS } from "../dialects/doors.ts";
import type { Body, ReadBody } from "./bodies.ts";
import type { Exchange } from "./exchange.ts";
import { listModels } from "./models.ts";
import { pageRoute } from "./own-pages.ts";
import type { Route } from "./routes.ts";
import type { Served } from "./served.ts";

/** The routes of what the doors answer by themselves. */
export function doorPages(served: () => Served, readBody: ReadBody): readonly Route[] {
  const bodyOf = (exchange: Exchange) =>
    new Promise<Body | BadRequest>((resolve) => readBody(exchange, resolve));
  return [...pagesByRoute()].map(([key, pages]) => {
    const [method, path = ""] = key.split(" ");
    return pageRoute(method === "POST" ? "POST" : "GET", path, async (exchange, at) => {
      const { id, door } = exchange;
      const page = pages.get(door) ?? [...pages.values()][0];
      if (page === undefined) throw new TypeError(`no page at ${key}`);
      const read = method === "POST" ? await bodyOf(exchange) : NOTHING;
      if (!read.ok) return read;
      const names = await listModels(served(), { asNow: HOP_HEADER in at.headers });
      const answer = page.answer(names, { ...at, body: read.bytes });
      return { ...answer, headers: { ...answer.headers, "x-nexus-request-id": id } };
    });
  });
}

const NOTHING = { ok: true, bytes: new Uint8Array(0) } as const;

/** Several doors may have a page at the same path. */
function pagesByRoute(): ReadonlyMap<string, ReadonlyMap<FrontDoor, DoorPage>> {
  const routes = new Map<string, Map<FrontDoor, DoorPage>>();
  for (const door of DOORS) {
    for (const page of door.pages) {
      const key = `${page.method} ${page.path}`;
      routes.set(key, (routes.get(key) ?? new Map<FrontDoor, DoorPage>()).set(door, page));
    }
  }
  return routes;
}
