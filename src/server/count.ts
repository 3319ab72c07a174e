import type { ServerResponse } from "node:http";
import type { DoorRequest, FrontDoor } from "../dialects/dialect.ts";
import { countTokens } from "../tokens/count.ts";
import { responseHeaders } from "./headers.ts";
import type { Served } from "./served.ts";

/** Answers how many tokens a prompt has for the model that would be asked first. Throws `Problem` for an unknown target. */
export async function answerCount(
  input: Parameters<Served["engine"]["foresee"]>[0],
  { request }: DoorRequest,
  response: ServerResponse,
  { door, served, left }: { readonly door: FrontDoor; readonly served: Served; readonly left: AbortSignal },
): Promise<void> {
  const { plan } = await served.engine.foresee(input, left);
  const { tokens } = await countTokens(request, plan.primaryModel ?? "");
  if (door.count === undefined) throw new TypeError(`no counts at the door ${door.dialect}`);
  const body = door.count.encode(tokens);
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...responseHeaders({ requestId: input.requestId, chainLog: [] }),
  });
  response.end(body);
}
