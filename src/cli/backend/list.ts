import type { CommandContext } from "../app.ts";
import { EXIT } from "../exit-codes.ts";
import { note, printJson, table } from "../output/print.ts";
import { openWorld } from "../wiring.ts";
import { noBackends } from "./find.ts";
import { keyJson, keyPlaces, keyText, warnMissingKeys } from "./key-state.ts";

/** `nexus backend list` */
export async function listBackends(context: CommandContext, flags: { json?: boolean }): Promise<number> {
  const world = await openWorld(context, { detect: true });
  try {
    const { backends } = world.catalog;
    const places = await keyPlaces(context, world, backends);
    if (flags.json) {
      const rows = backends.map((backend) => {
        const { name, type, url, zone, tier, priority, source } = backend;
        return { name, type, url, zone, tier, priority, source, key: keyJson(backend, places.get(name)) };
      });
      await printJson(context.app, rows);
    } else {
      const rows = backends.map(({ name, type, url, zone, tier, source }) => {
        return [name, type, url, zone, `${tier}`, keyText(places.get(name)), source];
      });
      await table(context.app, rows, ["NAME", "TYPE", "URL", "ZONE", "TIER", "KEY", "SOURCE"]);
      if (backends.length === 0) note(context, `${noBackends().message}; ${noBackends().hint}`);
    }
    warnMissingKeys(context, backends, places);
    return EXIT.ok;
  } finally {
    await world.close();
  }
}
