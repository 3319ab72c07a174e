import type { FastifyInstance, FastifyRequest } from "fastify";
import { HOP_HEADER } from "../core/hop.ts";
import type { AskedAt, DoorPage, FrontDoor } from "../dialects/dialect.ts";
import { DOORS, doorAt } from "../dialects/doors.ts";
import type { createBodies } from "./bodies.ts";
import { responseHeaders } from "./headers.ts";
import { listModels } from "./models.ts";
import { sendBad } from "./refusals.ts";
import type { Served } from "./served.ts";

/** Adds what the doors answer by themselves. */
export function addPages(
  app: FastifyInstance,
  served: () => Served,
  readBody: ReturnType<typeof createBodies>,
): void {
  for (const [key, pages] of pagesByRoute()) {
    const [method = "", path = ""] = key.split(" ");
    app.route({
      method,
      url: path,
      async handler(request, reply) {
        const { id, url, headers } = request;
        const page = pages.get(doorAt(url, headers)) ?? [...pages.values()][0];
        if (page === undefined) throw new TypeError(`no page at ${key}`);
        const read = method === "POST" ? await readBody(request.raw, reply.raw) : NOTHING;
        if (!read.ok) return sendBad(reply, request, read);
        const names = await listModels(served(), { asNow: HOP_HEADER in headers });
        const answer = page.answer(names, { ...askedAt(request), body: read.bytes });
        reply.headers({ ...answer.headers, ...responseHeaders({ requestId: id, chainLog: [] }) });
        return reply.code(answer.status).send(answer.body);
      },
    });
  }
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

/** Where a request was sent, as doors read it. */
export function askedAt({ params, query, headers }: FastifyRequest): AskedAt {
  return { rest: texts(params)["*"] ?? "", query: texts(query), headers };
}

/** The members that are texts: of a parameter that stands twice none is meant. */
function texts(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}
