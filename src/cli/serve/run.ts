import type { ServerConfig } from "../../config/server.ts";
import { looksOf } from "../../config/watch.ts";
import { Problem } from "../../core/problem.ts";
import { lookAt } from "../../server/look.ts";
import { type Server, startServer } from "../../server/server.ts";
import type { CommandContext } from "../app.ts";
import { requestIds } from "../chat/request-id.ts";
import type { ServeFlags } from "../commands/serve.ts";
import { hearEndSignals } from "../end-signals.ts";
import { EXIT } from "../exit-codes.ts";
import { cannotListen } from "../listening.ts";
import { bugTeller, note, print } from "../output/print.ts";
import { gatherErr, writeErr } from "../output/write.ts";
import { liveServers } from "../running-server.ts";
import { findPaths, openWorld } from "../wiring.ts";
import { openControl } from "./control.ts";
import { hearCrash } from "./crash.ts";
import { debugged } from "./debugged.ts";
import { readServeFlags } from "./flags.ts";
import { follow } from "./follow.ts";
import { keylessTeller } from "./keyless.ts";
import { debugLine, requestLine } from "./request-line.ts";

/** Runs the server until a signal ends it; the exit code. */
export async function serve(context: CommandContext, flags: ServeFlags): Promise<number> {
  const { app } = context;
  const { overrides, format } = readServeFlags(flags, app.stderr.isTTY);
  const paths = await findPaths(context);
  const known = await looksOf(paths);
  const world = await openWorld(context, { detect: true, lasting: true });
  const stop = hearSignals(context);
  const crash = hearCrash(context);
  const writeEach = gatherErr(app);
  try {
    const wanted = (stated: ServerConfig) => {
      const config = { ...stated, ...overrides };
      return { ...config, token: readToken(config, context) };
    };
    const config = wanted(world.configuration.server);
    const write = lineWriter(context);
    const tellStep = (line: string, requestId: string) => {
      const wallMs = Date.now();
      write(() => debugLine(line, requestId, format, wallMs));
    };
    const server = await listen(context, config, paths.stateDir, {
      served: () => ({
        engine: flags.debug ? debugged(world.engine, tellStep) : world.engine,
        catalog: world.catalog,
        findModels: world.findModels,
        costOf: world.costOf,
        aliases: world.configuration.routing.aliases.keys(),
      }),
      look: lookAt(world),
      onEnd(ended) {
        if (ended.bug !== undefined) bugTeller(context)(ended.bug);
        const wallMs = Date.now();
        write(() => requestLine(ended, format, wallMs));
      },
    });
    const tellKeyless = keylessTeller(context, world);
    const follower = { world, server, started: config, wanted, tellKeyless };
    const watch = follow(context, { paths, known }, follower);
    const closeControl = await openControl(context, world, server);
    const forgetReload = app.onSignal("SIGHUP", () => void watch.tell());
    try {
      await print(app, `${server.url}\n`);
      if (app.stderr.isTTY) note(context, "ready (Ctrl-C ends it)");
      await tellKeyless();
      const code = await Promise.race([stop.first, crash.happened.then(() => EXIT.internal)]);
      const { drainMs } = world.configuration.server;
      if (server.inFlight() > 0)
        note(context, `going down: ${server.inFlight()} requests are still under way`);
      const atOnce = AbortSignal.any([stop.second, crash.signal]);
      const finished = await server.drain(atOnce.aborted ? 0 : drainMs, atOnce);
      if (crash.signal.aborted) return EXIT.internal;
      if (finished) return EXIT.ok;
      return stop.second.aborted ? code : EXIT.internal;
    } finally {
      forgetReload();
      await watch.stop();
      await closeControl();
    }
  } finally {
    await world.close();
    stop.forget();
    crash.forget();
    writeEach();
  }
}

/** Writes lines that are made when it is their turn. */
function lineWriter({ app: { stderr }, globals }: CommandContext): (line: () => string) => void {
  return globals.quiet ? () => {} : (line) => writeErr(stderr, () => `${line()}\n`);
}

/** Addresses to listen on that no other machine reaches. */
const ONLY_HERE = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** A server that others can reach asks for a token. */
function readToken(config: ServerConfig, { app }: CommandContext): string | undefined {
  const { accessTokenEnv: name, host } = config;
  const token = name === undefined ? undefined : app.env[name];
  if (name !== undefined && !token) {
    throw new Problem(
      "config",
      "access_token_missing",
      `the variable ${name} (server.access_token_env) is not set`,
    );
  }
  if (!token && !ONLY_HERE.test(host)) {
    throw new Problem(
      "config",
      "access_token_required",
      `other machines could reach ${host}: not without an access token`,
      "set server.access_token_env, or name the variable with --token-env",
    );
  }
  return token;
}

async function listen(
  context: CommandContext,
  config: ServerConfig & { readonly token: string | undefined },
  stateDir: string,
  deps: Pick<Parameters<typeof startServer>[1], "served" | "look" | "onEnd">,
): Promise<Server> {
  const { app } = context;
  const { clock } = app;
  try {
    return await startServer(config, {
      ...deps,
      clock,
      wallMs: Date.now,
      newRequestId: requestIds(app.chance),
    });
  } catch (error) {
    throw cannotListen(error, config, await whoListens(context, stateDir, config.port));
  }
}

/** What to do about a port that is taken. */
async function whoListens(context: CommandContext, stateDir: string, port: number): Promise<string> {
  const other = (await liveServers(context, stateDir)).find((one) => one.port === port);
  if (other === undefined) return "see --port and --host";
  return `\`nexus serve\` runs there already (process ${other.pid}); --port takes another`;
}

/** The exit code of the first signal, and word of a second one. A third does not wait for anything. */
function hearSignals({ app }: CommandContext) {
  let heardFirst: (code: number) => void = () => {};
  const second = new AbortController();
  let heard = false;
  const first = new Promise<number>((resolve) => {
    heardFirst = resolve;
  });
  const forget = hearEndSignals(app, (code) => {
    if (second.signal.aborted) app.exitNow(code);
    if (heard) second.abort();
    else heardFirst(code);
    heard = true;
  });
  return { first, second: second.signal, forget };
}
