import type { FastifyInstance } from "fastify";
import { HOP_HEADER } from "../core/hop.ts";
import type { FrontDoor } from "../dialects/dialect.ts";
import { responseHeaders } from "./headers.ts";
import { listModels } from "./models.ts";
import { bad, sendBad } from "./refusals.ts";
import type { Served } from "./served.ts";

/** Adds `GET /v1/models` and `GET /v1/models/{id}`, in the words of a door. */
export function addModelDoors(app: FastifyInstance, door: FrontDoor, served: () => Served): void {
  app.get("/v1/models", async (request, reply) => {
    reply.headers({
      "content-type": "application/json",
      ...responseHeaders({ requestId: request.id, chainLog: [] }),
    });
    return door.models.encode(await listModels(served(), { asNow: HOP_HEADER in request.headers }));
  });
  app.get<{ Params: { "*": string } }>("/v1/models/*", async (request, reply) => {
    const name = request.params["*"];
    const entry = (await listModels(served())).find((one) => one.id === name);
    if (entry === undefined) {
      return sendBad(reply, request, {
        ...bad(404, "model_not_found", "no such model; see /v1/models"),
        param: "model",
      });
    }
    reply.header("content-type", "application/json");
    return door.models.encodeOne(entry);
  });
}
