import type { ServerConfig } from "../../config/server.ts";
import { looksOf } from "../../config/watch.ts";
import { Problem } from "../../core/problem.ts";
import type { EndedRequest } from "../../server/ended.ts";
import { lookAt } from "../../server/look.ts";
import { type Server, startServer } from "../../server/server.ts";
import type { CommandContext } from "../app.ts";
import { requestIds } from "../chat/request-id.ts";
import type { ServeFlags } from "../commands/serve.ts";
import { EXIT } from "../exit-codes.ts";
import { cannotListen } from "../listening.ts";
import { bugTeller, note, print } from "../output/print.ts";
import { findPaths, openWorld } from "../wiring.ts";
import { openControl } from "./control.ts";
import { debugged } from "./debugged.ts";
import { readServeFlags } from "./flags.ts";
import { follow } from "./follow.ts";
import { debugLine, requestLine } from "./request-line.ts";

/** Runs the server until a signal ends it; the exit code. */
export async function serve(context: CommandContext, flags: ServeFlags): Promise<number> {
  const { app } = context;
  const { overrides, format } = readServeFlags(flags, app.stderr.isTTY);
  const paths = await findPaths(context);
  const known = await looksOf(paths);
  const world = await openWorld(context, { detect: true, lasting: true });
  try {
    const wanted = (stated: ServerConfig) => {
      const config = { ...stated, ...overrides };
      return { ...config, token: readToken(config, context) };
    };
    const config = wanted(world.configuration.server);
    const tellStep = (line: string, requestId: string) =>
      write(context, debugLine(line, requestId, format, Date.now()));
    const server = await listen(context, config, {
      served: () => ({
        engine: flags.debug ? debugged(world.engine, tellStep) : world.engine,
        catalog: world.catalog,
        findModels: world.findModels,
        costOf: world.costOf,
        aliases: world.configuration.routing.aliases.keys(),
      }),
      look: () => lookAt({ ...world, settings: world.configuration.routingSettings }),
      onEnd: (ended) => say(context, ended, format),
    });
    const watch = follow(context, { paths, known }, { world, server, started: config, wanted });
    const closeControl = await openControl(context, world, server, app.pid);
    const stop = hearSignals(context);
    const forgetReload = app.onSignal("SIGHUP", () => void watch.tell());
    try {
      await print(app, `${server.url}\n`);
      if (app.stderr.isTTY) note(context, "ready (Ctrl-C ends it)");
      const code = await stop.first;
      const { drainMs } = world.configuration.server;
      if (server.inFlight() > 0)
        note(context, `going down: ${server.inFlight()} requests are still under way`);
      const finished = await server.drain(drainMs, stop.second);
      if (finished) return EXIT.ok;
      return stop.second.aborted ? code : EXIT.internal;
    } finally {
      stop.forget();
      forgetReload();
      await watch.stop();
      await closeControl();
    }
  } finally {
    await world.close();
  }
}

function say(context: CommandContext, ended: EndedRequest, format: "pretty" | "json"): void {
  if (ended.bug !== undefined) bugTeller(context)(ended.bug);
  write(context, requestLine(ended, format, Date.now()));
}

function write(context: CommandContext, line: string): void {
  if (!context.globals.quiet) context.app.stderr.write(`${line}\n`);
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
    throw cannotListen(error, config, "see --port and --host");
  }
}

/** The exit code of the first signal, and word of a second one. */
function hearSignals({ app }: CommandContext) {
  let heardFirst: (code: number) => void = () => {};
  const second = new AbortController();
  let count = 0;
  const first = new Promise<number>((resolve) => {
    heardFirst = resolve;
  });
  const codes = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;
  const stops = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    app.onSignal(signal, () => {
      count += 1;
      if (count === 1) heardFirst(codes[signal]);
      else second.abort();
    }),
  );
  return {
    first,
    second: second.signal,
    forget() {
      for (const stop of stops) stop();
    },
  };
}
