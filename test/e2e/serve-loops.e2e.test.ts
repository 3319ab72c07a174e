import { expect, it } from "vitest";
import { backend, deadAddress } from "./support/backends.ts";
import { asking, type RunningServer, serve } from "./support/server.ts";
import { failoverWorkspace, workspace } from "./support/workspace.ts";

/** A server that listens where it was said beforehand, so that others can name it. It serves one model through one backend. */
async function serverOf(url: string, backendUrl: string): Promise<RunningServer> {
  const space = await workspace();
  await space.config({
    backends: { next: { type: "generic", url: backendUrl, models: ["ring"] } },
    // Whoever starts first would find the other one missing.
    health: { enabled: false },
  });
  return serve(space, ["--port", new URL(url).port]);
}

function asked({ log }: RunningServer, path: string): number {
  return log().filter((line) => line["path"] === path).length;
}

it("U96 a server that names itself is found out, and whoever else can answers", async () => {
  const [url, good] = [await deadAddress(), await backend()];
  const space = await failoverWorkspace({ itself: { url, model: "lb" }, good });
  const server = await serve(space, ["--port", new URL(url).port]);
  for (const stream of [false, true]) {
    const response = await server.chat(asking("lb", { stream }));
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("mock")]);
  }
  await server.until("stderr", /(?:"status":200[\s\S]*){6}/);
  expect(server.log().map((line) => line["error"])).toContain("loop_detected");
  expect(good.chats).toHaveLength(2);
  expect(asked(server, "/v1/models")).toBeLessThan(10);
});

it("U96 two servers in a ring are found out at once", async () => {
  const [one, two] = [await deadAddress(), await deadAddress()];
  const servers = [await serverOf(one, two), await serverOf(two, one)];
  const began = performance.now();
  const response = await servers[0]?.chat(asking("ring"));
  expect(response?.status).toBe(503);
  expect(await response?.text()).toContain("this request has come through 3 nexus servers");
  expect(performance.now() - began).toBeLessThan(2_000);
  for (const server of servers) {
    await server.until("stderr", /"status":503/);
    expect(asked(server, "/v1/chat/completions")).toBeLessThanOrEqual(2);
  }
});

it("U96 every backend is told how many servers there were, whatever the caller said of it", async () => {
  const a = await backend();
  const server = await serve(await failoverWorkspace({ a }));
  for (const hop of [undefined, "1", "2"]) {
    await (await server.chat(asking("a"), hop === undefined ? {} : { "x-nexus-hop": hop })).text();
  }
  expect(a.chats.map(({ headers }) => headers["x-nexus-hop"])).toEqual(["1", "2", "3"]);
  expect((await server.chat(asking("a"), { "x-nexus-hop": "3" })).status).toBe(508);
  expect((await server.chat(asking("a"), { "x-nexus-hop": "-1" })).status).toBe(400);
});
