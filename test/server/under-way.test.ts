import { once } from "node:events";
import { Agent, createServer, request, type ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createUnderWay } from "../../src/server/under-way.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const server = createServer();
afterEach(() => {
  agent.destroy();
  server.close();
});

/** Sends a request; what its server answers with, and on which connection. */
async function ask() {
  const begun = new Promise<ServerResponse>((resolve) =>
    server.once("request", (_request, response) => resolve(response)),
  );
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : undefined;
  const client = request({ port, agent }).on("error", () => {});
  client.end();
  const response = await begun;
  return { client, response, socket: response.socket };
}

test("of two requests on one connection, the second is left when its client goes, and not before", async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const underWay = createUnderWay();

  const first = await ask();
  const finished = underWay.begin(first.response);
  first.client.once("response", (answer) => answer.resume());
  first.response.end("all of it");
  await new Promise(finished.whenOver);
  expect(finished.left.aborted).toBe(false);

  const second = await ask();
  expect(second.socket).toBe(first.socket);
  const { left, whenOver } = underWay.begin(second.response);
  expect(left.aborted).toBe(false);
  second.client.destroy();
  await new Promise(whenOver);
  expect(left.aborted).toBe(true);
});

test("a request that is left takes no other of its connection with it", async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const underWay = createUnderWay();

  const first = await ask();
  first.client.once("response", (answer) => answer.resume());
  const { left, whenOver } = underWay.begin(first.response);
  underWay.leaveAll();
  first.response.end("going down");
  await new Promise(whenOver);
  expect(left.aborted).toBe(true);

  const second = await ask();
  expect(second.socket).toBe(first.socket);
  expect(underWay.begin(second.response).left.aborted).toBe(false);
});
