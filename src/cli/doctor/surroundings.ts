import { createServer } from "node:net";
import { platform } from "node:os";
import type { Configuration } from "../../config/load.ts";
import { formatDuration } from "../../core/duration.ts";
import { Problem } from "../../core/problem.ts";
import { systemCode } from "../../files/file-problem.ts";
import { openHistory } from "../../ledger/open.ts";
import { openStateIfAny } from "../../state/open.ts";
import { readProxies } from "../../upstream/proxies.ts";
import type { App, CommandContext, Env } from "../app.ts";
import { colorLevel } from "../output/color.ts";
import { liveServers } from "../running-server.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** Clocks that differ by less are not worth a word, in milliseconds: a header tells whole seconds, and travels. */
const CLOCK_MS = 30_000;

/** Whether this machine's clock agrees with those of the backends that told the time. */
export function checkClock(ahead: readonly number[]): readonly Finding[] {
  const say = findingsOf("clock");
  const middle = ahead.toSorted((a, b) => a - b)[ahead.length >> 1];
  if (middle === undefined) return [say.ok("not compared: no backend told the time")];
  if (Math.abs(middle) < CLOCK_MS) return [say.ok("agrees with the backends'")];
  const how = middle > 0 ? "behind" : "ahead of";
  const text = `this machine's clock is ${formatDuration(Math.abs(middle))} ${how} the backends'`;
  return [say.warning(text, platform() === "linux" ? "timedatectl set-ntp true" : "set the clock")];
}

/** Whether `nexus serve` runs, or could. */
export async function checkServer(
  context: CommandContext,
  { server, paths }: Configuration,
): Promise<readonly Finding[]> {
  const say = findingsOf("server");
  const running = await liveServers(context, paths.stateDir);
  const others = running.map(({ url, pid }) => say.ok(`runs at ${url} (pid ${pid})`));
  const { host, port } = server;
  if (running.some((one) => one.port === port)) return others;
  const code = await whyNotFree(host, port);
  const free = port === 0 ? "any free port" : `port ${port}, which is free`;
  if (code === undefined) return [...others, say.ok(`nexus serve would listen on ${host}, ${free}`)];
  const taken = code === "EADDRINUSE";
  const text = `nexus serve could not listen on ${host}:${port}: ${taken ? "another program does" : code}`;
  const fix = taken ? "nexus config set server.port 8643" : "nexus config set server.host 127.0.0.1";
  return [...others, say.warning(text, fix)];
}

/** Undefined where somebody could listen; else the system's code. */
function whyNotFree(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(systemCode(error) ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** What the environment says of proxies. A proxy's address may hold a password, so only its host is shown. */
export function checkProxies(env: Env): readonly Finding[] {
  const say = findingsOf("proxies");
  try {
    const proxies = readProxies(env);
    if (proxies === undefined) return [say.ok("none: backends are reached directly")];
    const { httpProxy, httpsProxy, noProxy } = proxies;
    const through = [
      ...(httpsProxy === "" ? [] : [`https through ${new URL(httpsProxy).host}`]),
      ...(httpProxy === "" ? [] : [`http through ${new URL(httpProxy).host}`]),
    ];
    const but = `but not loopback, restricted backends${noProxy === "" ? "" : `, ${noProxy}`}`;
    return [say.ok(`${through.join(", ")}; ${but}`)];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [say.broken(error.message, error.hint)];
  }
}

/** Whether facts and history can be read and written, as far as there are any yet. */
export async function checkState(stateDir: string): Promise<readonly Finding[]> {
  const say = findingsOf("state");
  const findings: Finding[] = [];
  const fix = "make it writable, or set NEXUS_STATE_DIR to a directory of your own";
  const state = openStateIfAny(stateDir, (text) => findings.push(say.broken(text, fix)));
  const history = openHistory(stateDir, (text) => findings.push(say.warning(text)));
  try {
    // Written and taken away again: what only reads does not notice a full disk.
    await state?.update("doctor", () => true);
    await state?.update("doctor", () => undefined);
    await history.last();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    findings.push(say.broken(error.message, fix));
  } finally {
    await Promise.all([state?.close(), history.close()]);
  }
  if (findings.length > 0) return findings;
  return [say.ok(state === undefined ? "nothing is kept yet" : `${stateDir} can be read and written`)];
}

/** Whether the terminal can show what nexus prints. */
export function checkTerminal(app: App, color: "auto" | "always" | "never"): readonly Finding[] {
  const say = findingsOf("terminal");
  const { stdout, env } = app;
  if (!stdout.isTTY) return [say.ok("standard output is none: plain text, and no questions")];
  const findings: Finding[] = [];
  const term = env["TERM"] ?? "";
  if (platform() !== "win32" && (term === "" || term === "dumb")) {
    findings.push(say.warning(`TERM is "${term}": no colour and no progress`, "export TERM=xterm-256color"));
  }
  const columns = stdout.columns ?? 0;
  if (columns < 80) {
    const text = columns === 0 ? "the terminal has no width" : `${columns} columns are fewer than 80`;
    findings.push(say.warning(text, columns === 0 ? "stty cols 80" : undefined));
  }
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  if (platform() === "linux" && !/utf-?8/i.test(locale)) {
    const text = `the locale "${locale}" is not UTF-8: bars and accents may look wrong`;
    findings.push(say.warning(text, "export LANG=C.UTF-8"));
  }
  const colour = colorLevel(stdout, { color }, env) ? "colour" : "no colour";
  return findings.length > 0 ? findings : [say.ok(`${columns} columns, ${colour}, UTF-8`)];
}
