import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type OpenedWorld, openTestWorld } from "../support/open-world.ts";

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

const CHUNK = { id: "1", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] };

/** A backend that streams `Hi` and ends the transport when told to, over connections that are counted. */
async function counted(): Promise<{ world: OpenedWorld; connections(): number; end(): Promise<void> }> {
  let connections = 0;
  let end: () => Promise<void> = async () => {};
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(CHUNK)}\n\ndata: [DONE]\n\n`);
      end = () => new Promise((resolve) => response.end(resolve));
    });
  }).on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push({ close: () => server.close() });
  const { port } = server.address() as AddressInfo;
  const world = await openTestWorld({
    config: { backends: { a: { type: "generic", url: `http://127.0.0.1:${port}` } } },
    profiles: { a: { type: "model", backend: "a", model: "m" } },
  });
  opened.push({ close: () => world.remove() });
  return { world, connections: () => connections, end: () => end() };
}

test("an answer that is complete leaves its connection for the next, although the transport ends later", async () => {
  const { world, connections, end } = await counted();
  for (let n = 0; n < 3; n++) {
    expect((await world.chat("a")).chainLog).toEqual(["a: success"]);
    await end();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(connections()).toBe(1);
});
