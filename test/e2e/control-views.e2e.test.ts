import { createHash } from "node:crypto";
import { mkdir, stat, symlink } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { backend, deadAddress } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace, type Workspace, workspace } from "./support/workspace.ts";

const CANARY = "sk-canary-5f2c81d0e7";

async function json(space: Workspace, ...args: readonly string[]) {
  const { stdout } = await space.nexus([...args, "--json"]);
  return JSON.parse(stdout);
}

function portOf(url: string): string {
  return new URL(url).port;
}

describe("explain, as the running server sees it", () => {
  it("X-03 knows what only the server knows: requests under way, and health with its reason", async () => {
    const full = await backend({ answer: "one two three four five six seven eight", chunkDelayMs: 300 });
    const ill = await backend({ modelsSteps: ["500"] });
    const space = await failoverWorkspace({
      full: { ...full, record: { max_concurrent: 1 } },
      ill,
      well: await backend(),
    });
    const server = await serve(space);
    await expect
      .poll(async () => (await json(space, "status")).backends)
      .toMatchObject([{}, { status: "unhealthy" }, {}]);
    const stream = await server.chat(asking("lb", { stream: true }));
    const run = await space.nexus(["explain", "lb"]);
    expect(run.code).toBe(0);
    expect(run.stderr).toContain(`view: the server at ${server.url}; nothing is sent`);
    expect(run.stdout).toContain("  -  full: m-full @ full: backend full has 1 of 1 requests under way\n");
    expect(run.stdout).toMatch(/ {2}- {2}ill: m-ill @ ill: .*unhealthy.*500.*\n {2}1 {2}well: /);
    await stream.text();
    expect((await json(space, "explain", "lb")).candidates[0]).toMatchObject({
      member: "full",
      usable: true,
    });
  });

  it("goes by the server's configuration and keys, not by those of who asks", async () => {
    const a = await backend();
    const space = await workspace();
    await space.config({
      backends: { a: { type: "openai", url: a.url, api_key_env: "A_KEY", models: ["m"] } },
    });
    expect(await json(space, "explain", "m")).toMatchObject({
      view: "fresh",
      candidates: [{ usable: false }],
    });
    const server = await serve(space, [], { env: { A_KEY: CANARY } });
    expect(await json(space, "explain", "m")).toMatchObject({
      view: "server",
      server: server.url,
      candidates: [{ usable: true }],
    });
  });

  it("ends with the exit code of the run, and an unknown name with 3 and the nearest names", async () => {
    const space = await failoverWorkspace({ alpha: await backend() });
    await serve(space);
    await space.nexus(["backend", "drain", "alpha"]);
    const none = await space.nexus(["explain", "alpha"]);
    expect(none.code).toBe(5);
    expect(none.stdout).toContain("backend alpha is draining");
    const unknown = await space.nexus(["explain", "alhpa"]);
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain("did you mean alpha");
  });

  it("takes --file with images of megabytes, what the request needs, and NEXUS_PROFILE of who asks", async () => {
    const space = await failoverWorkspace({
      blind: { ...(await backend()), record: { models: [{ id: "m-blind", capabilities: ["tools"] }] } },
      seeing: await backend(),
    });
    const server = await serve(space);
    const url = `data:image/png;base64,${"A".repeat(8 * 1024 * 1024)}`;
    const content = [{ type: "image_url", image_url: { url } }];
    await space.write("request.json", JSON.stringify({ model: "lb", messages: [{ role: "user", content }] }));
    const seen = await json(space, "explain", "--file", "request.json", "--zone", "restricted");
    expect(seen).toMatchObject({
      view: "server",
      requirement: { capabilities: ["vision"], zone: "restricted" },
      candidates: [
        { member: "blind", usable: false, rule: "vision" },
        { member: "seeing", usable: true },
      ],
    });
    const { stdout } = await space.nexus(["chat", "--explain", "--json"], {
      env: { NEXUS_PROFILE: "seeing" },
    });
    expect(JSON.parse(stdout)).toMatchObject({ server: server.url, target: { name: "seeing" } });
  });

  it("a question without an end is refused, and the server lives on", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const server = await serve(space);
    const answer = await new Promise<string>((resolve) => {
      let said = "";
      const socket = connect(join(space.stateDir, `serve-${portOf(server.url)}.sock`));
      socket.setEncoding("utf8").on("error", () => {});
      socket.on("data", (piece: string) => {
        said += piece;
      });
      socket.once("close", () => resolve(said));
      const piece = Buffer.alloc(4 * 1024 * 1024, "x");
      for (let sent = 0; sent < 17; sent++) socket.write(piece);
    });
    expect(JSON.parse(answer)).toMatchObject({ problem: { kind: "input", code: "question_too_large" } });
    expect((await server.chat(asking("a"))).status).toBe(200);
  });
});

describe("backend test, by the running server", () => {
  it("A001-04 tells what it asked, how long that took, what it holds of the backend, models and loaded context", async () => {
    const box = await backend({
      models: ["m"],
      pages: { "/props": { default_generation_settings: { n_ctx: 8192 } } },
    });
    const space = await workspace();
    await space.config({
      backends: {
        box: { type: "llamacpp", url: box.url },
        keyed: { type: "openai", url: box.url, api_key_env: "KEYED" },
        gone: { type: "generic", url: await deadAddress() },
      },
    });
    const server = await serve(space, [], { env: { KEYED: undefined } });
    await expect
      .poll(async () => (await json(space, "status")).backends)
      .toMatchObject([{ status: "healthy" }, {}, { status: "unhealthy" }]);
    const run = await space.nexus(["backend", "test", "--json"], { env: { KEYED: CANARY } });
    expect(run.code).toBe(5);
    expect(JSON.parse(run.stdout)).toMatchObject({
      view: "server",
      server: server.url,
      backends: [
        {
          name: "box",
          ok: true,
          asked: `GET ${box.url}/v1/models`,
          status: "healthy",
          latency_ms: expect.any(Number),
          models: [{ id: "m", context_length: 8192 }],
        },
        {
          name: "keyed",
          ok: false,
          asked: null,
          latency_ms: null,
          error: { class: "auth", hint: expect.stringContaining("KEYED") },
        },
        { name: "gone", ok: false, status: "unhealthy", error: { class: "network" } },
      ],
    });
    expect(run.stdout + run.stderr).not.toContain(CANARY);
    expect(await space.nexus(["backend", "test", "box"])).toMatchObject({
      stdout: expect.stringMatching(/^box {2}ok {2}\S+ m?s {2}1 {2}8192\n$/),
      code: 0,
      stderr: `nexus: view: the server at ${server.url}\n`,
    });
    expect((await space.nexus(["backend", "test", "bax"])).stderr).toContain("did you mean box");
  });
});

describe("several servers", () => {
  it("X-03 --port chooses; who only looks gets a fresh look and is told which there are", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const [one, two] = [await serve(space), await serve(space)];
    const port = portOf(two.url);
    await space.nexus(["backend", "drain", "a", "--port", port]);
    const fresh = await space.nexus(["explain", "a"]);
    expect(fresh.code).toBe(0);
    expect(fresh.stderr).toContain("several servers run: port ");
    expect(fresh.stderr).toContain("view: fresh");
    expect(await json(space, "explain", "a", "--port", port)).toMatchObject({
      server: two.url,
      candidates: [{ rule: "draining" }],
    });
    expect(await json(space, "status", "--port", portOf(one.url))).toMatchObject({
      server: one.url,
      backends: [{ name: "a", status: "healthy" }],
    });
    expect(await json(space, "backend", "test", "--port", port)).toMatchObject({ server: two.url });
    const none = await space.nexus(["status", "--port", "1"]);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain(`no server runs on port 1`);
    expect(none.stderr).toContain(`there is port `);
  });
});

it("X-03 what `status reset` forgets, every running server forgets", async () => {
  const a = await backend({ steps: ["503", "503", "503", "ok"] });
  const space = await failoverWorkspace({ a });
  const [one, two] = [await serve(space), await serve(space)];
  for (let n = 0; n < 3; n++) await one.chat(asking("a"));
  const chain = async (server: typeof one) => (await server.chat(asking("a"))).headers.get("x-nexus-chain");
  // What one of them knows, the other knows within a second.
  await expect
    .poll(async () => (await json(space, "status", "--port", portOf(two.url))).breakers)
    .toMatchObject([{ backend: "a", state: "open" }]);
  await space.nexus(["status", "reset", "a"]);
  expect([await chain(one), await chain(two)]).toEqual(["a: success", "a: success"]);
});

describe("a state directory whose path is too long for a socket", () => {
  it("X-03 the socket stands in a directory of the user's own, named in the server's file, and everything works", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const deep = join(space.dir, "d".repeat(120));
    const env = { NEXUS_STATE_DIR: deep, TMPDIR: space.dir, XDG_RUNTIME_DIR: undefined };
    const server = await serve(space, [], { env });
    const drained = await space.nexus(["backend", "drain", "a"], { env });
    expect(drained).toMatchObject({ code: 0, stdout: `draining a at ${server.url}\n` });
    const hash = createHash("sha256").update(deep).digest("hex").slice(0, 16);
    const socket = join(space.dir, `nexus-${process.getuid?.()}`, `${hash}-${portOf(server.url)}.sock`);
    expect((await stat(dirname(socket))).mode & 0o777).toBe(0o700);
    expect((await stat(socket)).mode & 0o777).toBe(0o600);
    expect(server.stderr()).not.toContain("warning");
    server.child.kill("SIGTERM");
    await server.ended;
    await expect(stat(socket)).rejects.toThrow("ENOENT");
  });

  it.each([
    ["others can enter", (place: string) => mkdir(place, { mode: 0o755 })],
    ["a link leads elsewhere", (place: string) => symlink("/", place)],
  ])("a directory that %s is not used", async (_, trap) => {
    const space = await failoverWorkspace({ a: await backend() });
    const [bad, good] = [join(space.dir, "r"), join(space.dir, "t")];
    await mkdir(bad);
    await mkdir(good);
    await trap(join(bad, `nexus-${process.getuid?.()}`));
    const env = { NEXUS_STATE_DIR: join(space.dir, "d".repeat(120)), XDG_RUNTIME_DIR: bad, TMPDIR: good };
    const server = await serve(space, [], { env });
    const status = await space.nexus(["status", "--json"], { env });
    expect(JSON.parse(status.stdout)).toMatchObject({ view: "server", server: server.url });
    expect((await stat(join(good, `nexus-${process.getuid?.()}`))).isDirectory()).toBe(true);
  });
});
