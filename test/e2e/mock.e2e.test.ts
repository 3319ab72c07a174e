import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { type Running, runProgram, startProgram } from "./support/program.ts";
import { workspace } from "./support/workspace.ts";

interface Ready {
  readonly running: Running;
  readonly url: string;
}

async function startMockProgram(...args: string[]): Promise<Ready> {
  const running = startProgram(["mock", ...args]);
  onTestFinished(() => void running.child.kill("SIGKILL"));
  await running.until("stdout", /\n/);
  return { running, url: running.stdout().trim() };
}

function ask(url: string, body: object = {}): Promise<Response> {
  const messages = [{ role: "user", content: "hi" }];
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages, ...body }),
  });
}

it("prints its address when ready, fails as told, then answers, a line on stderr for each", async () => {
  const { running, url } = await startMockProgram("--fault", "503", "--fault", "ok", "--answer", "All well.");
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await ask(url)).status).toBe(503);
  expect(await (await ask(url)).text()).toContain("All well.");
  running.child.kill("SIGTERM");
  const { code, stdout, stderr } = await running.ended;
  expect(code).toBe(0);
  expect(stdout).toBe(`${url}\n`);
  expect(stderr.split("\n")).toMatchObject([
    expect.stringMatching(/^nexus: POST \/v1\/chat\/completions -> 503 · \d+ ms$/),
    expect.stringMatching(/^nexus: POST \/v1\/chat\/completions -> ok \(200\) · \d+ ms$/),
    "",
  ]);
});

it("ends with 0 on SIGINT too, in the middle of an answer, and says nothing with -q", async () => {
  const { running, url } = await startMockProgram("-q", "--fault", "stall");
  const answer = await ask(url, { stream: true });
  running.child.kill("SIGINT");
  await expect(answer.text()).rejects.toThrow();
  expect(await running.ended).toMatchObject({ code: 0, stderr: "" });
});

it("--json prints one line of JSON; --model names what it serves", async () => {
  const { running } = await startMockProgram("--json", "--model", "a", "--model", "b");
  const { url, port } = JSON.parse(running.stdout());
  expect(url).toBe(`http://127.0.0.1:${port}`);
  const listed = JSON.parse(await (await fetch(`${url}/v1/models`)).text());
  expect(listed.data.map(({ id }: { id: string }) => id)).toEqual(["a", "b"]);
  expect((await ask(url, { model: "c" })).status).toBe(404);
});

it("--script sets everything, and flags win over it", async () => {
  const space = await workspace();
  await space.write("s.json", JSON.stringify({ answer: "scripted", steps: ["500"], models: ["a"] }));
  const running = space.start(["mock", "--script", "s.json", "--fault", "ok"]);
  onTestFinished(() => void running.child.kill("SIGKILL"));
  await running.until("stdout", /\n/);
  const answer = await ask(running.stdout().trim(), { model: "a" });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("scripted")]);
});

it.each([
  [["--fault", "cut-streem"], 2, /no fault is called "cut-streem" \(did you mean cut-stream/],
  [["--port", "http"], 2, /--port must be a number/],
  [["--latency", "soon"], 2, /--latency must be a duration/],
  [["--script", "nowhere.json"], 2, /--script: there is no file .*nowhere\.json/],
  [["extra"], 2, /too many arguments/],
])("T17, T25 bad input is a usage error that says what: %j", async (args, code, message) => {
  const ended = await runProgram(["mock", ...args]);
  expect(ended).toMatchObject({ code, stdout: "" });
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
});

it("a broken script is refused with file and key, exit code 3", async () => {
  const space = await workspace();
  await space.write("s.json", '{"steps": ["50x"]}');
  const ended = await space.nexus(["mock", "--script", "s.json"]);
  expect(ended.code).toBe(3);
  expect(ended.stderr).toMatch(/s\.json: steps\.0 no fault is called "50x"/);
});

it("a port in use is named", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const ended = await runProgram(["mock", "--port", String(port)]);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(
    `cannot listen on port ${port} of 127.0.0.1: another program listens there (EADDRINUSE)`,
  );
});

it("T17 --help has examples and says where the faults are listed", async () => {
  const { code, stdout } = await runProgram(["mock", "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}nexus mock/);
  expect(stdout).toContain("nexus help faults");
});

it("T17 help faults lists every fault with its meaning and parameters", async () => {
  const { code, stdout } = await runProgram(["help", "faults"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n {2}cut-stream +cuts the connection after some content \[after=1\]\n/);
  expect(stdout).toMatch(/\n {2}429-quota +status 429: You exceeded your current quota/);
});
