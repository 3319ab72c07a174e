import { execFile, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const running = new Set();

/** Starts a program whose output goes to `<name>.log` in `work`. It ends with the bench. */
export function start(name, [command, ...args], { work, env = {}, ipc = false }) {
  const log = openSync(path.join(work, `${name}.log`), "a");
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    cwd: work,
    stdio: ["ignore", log, log, ...(ipc ? ["ipc"] : [])],
  });
  closeSync(log);
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** Ends a program, gently at first. */
export async function stop(child) {
  child.kill("SIGTERM");
  for (let waited = 0; running.has(child) && waited < 2000; waited += 25) await pause(25);
  if (running.has(child)) child.kill("SIGKILL");
}

/** Ends everything that still runs. nginx needs to be asked: killed, it leaves its worker on the port. */
export async function stopAll() {
  await Promise.all([...running].map(stop));
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a program to its end. Resolves to what it printed; throws when it fails. */
export async function run([command, ...args], env = {}) {
  const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, ...env } });
  return stdout;
}
