import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Agent, Target } from "./agents.ts";

/** How a run of an agent ended. */
export interface AgentRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Longest time a run may take, in milliseconds. */
const LIMIT = 120_000;

/** A proxy that does not answer: whatever an agent wants of anybody else on the way ends there. */
const NOBODY = "http://127.0.0.1:1";

/** For a program that Node runs and that asks past the proxy: it finds no host but this one. */
const NOBODY_FOUND = `
import dns from "node:dns";
const { lookup } = dns;
dns.lookup = (host, ...rest) =>
  host === "127.0.0.1" || host === "localhost" ? lookup(host, ...rest) : rest.at(-1)(new Error("nobody is found"));
`;

/** Gives an agent a prompt, in a home and a working folder of its own below `dir`. */
export async function runAgent(
  agent: Agent,
  { bin, dir, target, prompt }: { bin: string; dir: string; target: Target; prompt: string },
): Promise<AgentRun> {
  const home = path.join(dir, "home");
  const work = path.join(dir, "work");
  await mkdir(home, { recursive: true });
  await mkdir(work, { recursive: true });
  await writeFile(path.join(work, "README.md"), "hello from the file\n");
  for (const [name, content] of Object.entries(agent.files?.(target) ?? {})) {
    await mkdir(path.dirname(path.join(home, name)), { recursive: true });
    await writeFile(path.join(home, name), content);
  }
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    TERM: "dumb",
    HTTPS_PROXY: NOBODY,
    NO_PROXY: "127.0.0.1,localhost",
    ...(agent.asksAnyway && {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(NOBODY_FOUND)}`,
    }),
    ...agent.quiet,
    ...agent.env(target),
  };
  // In a process group of its own, so that nothing it started outlives it.
  const child = spawn(path.join(bin, agent.bin), agent.args(target, prompt), {
    cwd: work,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  };
  const timer = setTimeout(end, LIMIT);
  const code = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => {
      end();
      resolve(status);
    });
  });
  try {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}
