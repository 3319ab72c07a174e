import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Pool } from "undici";
import { expect, it } from "vitest";
import * as z from "zod";
import { askServer } from "../../src/control/ask.ts";
import { backend } from "./support/backends.ts";
import { serve } from "./support/server.ts";
import { workspace } from "./support/workspace.ts";

const listed = z.object({ data: z.array(z.object({ id: z.string() })) });

it("A004-18 10,000 GET /v1/models while backends come, go and drain: no 5xx, and the list is right in the end", async () => {
  const [kept, coming] = [await backend({ models: ["kept"] }), await backend({ models: ["coming"] })];
  const space = await workspace();
  const configured = (...names: readonly ("kept" | "coming")[]) =>
    space.config({
      backends: Object.fromEntries(
        names.map((name) => [name, { type: "generic", url: { kept, coming }[name].url }]),
      ),
    });
  await configured("kept");
  const server = await serve(space);
  const told = join(space.stateDir, `serve-${new URL(server.url).port}.json`);
  const { socket } = z.object({ socket: z.string() }).parse(JSON.parse(await readFile(told, "utf8")));
  const pool = new Pool(server.url, { connections: 32 });
  const get = async () => {
    const { statusCode, body } = await pool.request({ method: "GET", path: "/v1/models" });
    const { data } = listed.parse(await body.json());
    return { status: statusCode, names: data.map(({ id }) => id) };
  };
  try {
    let left = 10_000;
    const seen = new Set<number>();
    const ask = async () => {
      while (left > 0) {
        left -= 1;
        const { status, names } = await get();
        seen.add(status);
        expect(names).toContain("kept");
      }
    };
    const asking = Promise.all(Array.from({ length: 32 }, ask));
    const change = async () => {
      for (let round = 0; left > 0; round += 1) {
        await configured("kept", ...(round % 2 === 0 ? (["coming"] as const) : []));
        server.child.kill("SIGHUP");
        const command = round % 2 === 0 ? "drain" : "resume";
        await askServer(socket, { command, name: "kept" });
      }
    };
    await Promise.all([asking, change()]);
    expect([...seen]).toEqual([200]);
    await configured("kept", "coming");
    await expect
      .poll(async () => (await get()).names.toSorted(), { timeout: 5_000 })
      .toEqual(["coming", "kept"]);
    await configured("coming");
    await expect.poll(async () => (await get()).names, { timeout: 5_000 }).toEqual(["coming"]);
  } finally {
    await pool.destroy();
  }
  expect(server.stderr()).not.toMatch(/internal error/);
});
