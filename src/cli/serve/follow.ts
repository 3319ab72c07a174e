import { isDeepStrictEqual } from "node:util";
import type { Paths } from "../../config/paths.ts";
import type { ServerConfig } from "../../config/server.ts";
import { looksOf, type Watch, watchConfiguration } from "../../config/watch.ts";
import { Problem } from "../../core/problem.ts";
import type { Server } from "../../server/server.ts";
import type { CommandContext } from "../app.ts";
import { bugTeller, note, warn } from "../output/print.ts";
import { clearFacts } from "../status/clear.ts";
import type { World } from "../wiring.ts";

/** What follows the files of the configuration. */
interface Follower {
  readonly world: World;
  readonly server: Server;
  /** What the server was started with. */
  readonly started: ServerConfig;
  /** What the server is to be like. Throws a `Problem` when that may not be. */
  readonly wanted: (stated: ServerConfig) => ServerConfig & { readonly token: string | undefined };
  /** Warns of backends without their keys. */
  readonly tellKeyless: () => Promise<void>;
}

/** Makes every change of the files hold in a running server; one that is broken changes nothing and is told. */
export function follow(
  context: CommandContext,
  { paths, known }: { readonly paths: Paths; readonly known: string },
  follower: Follower,
): Watch {
  return watchConfiguration(() => looksOf(paths), known, {
    clock: context.app.clock,
    changed: () => takeOver(context, follower),
  });
}

async function takeOver(
  context: CommandContext,
  { world, server, started, wanted, tellKeyless }: Follower,
): Promise<void> {
  try {
    const before = world.configuration.backends;
    let next: ReturnType<typeof wanted> | undefined;
    await world.reload(({ server: stated }) => {
      next = wanted(stated);
    });
    if (next === undefined) return;
    server.adopt(next);
    const strangers = strangersAmong(world.configuration.backends, before);
    await clearFacts(world.state, ({ backend }) => strangers.includes(backend));
    note(context, "the configuration was read again and is in force");
    const fixed = FIXED.filter(([key]) => next?.[key] !== started[key]).map(([, name]) => name);
    if (fixed.length > 0) warn(context, `${fixed.join(", ")}: in force when the server starts again`);
    await tellKeyless();
  } catch (error) {
    if (!(error instanceof Problem)) return bugTeller(context)(error);
    warn(context, `${error.message}; the running configuration stays`);
  }
}

/** Backends that are somebody else under a known name, or gone: nothing that was known of them holds any more. */
function strangersAmong(now: Backends, before: Backends): readonly string[] {
  return [...before].flatMap(([name, was]) => {
    const is = now.get(name);
    const same =
      is !== undefined && is.url === was.url && is.type === was.type && isDeepStrictEqual(is.key, was.key);
    return same ? [] : [name];
  });
}

type Backends = World["configuration"]["backends"];

/** What a server that listens cannot change. */
const FIXED = [
  ["host", "server.host"],
  ["port", "server.port"],
  ["maxBodyBytes", "server.max_body_bytes"],
] as const;
