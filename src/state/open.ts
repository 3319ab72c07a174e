import { join } from "node:path";
import type { StateStore } from "../core/ports.ts";
import { guardDatabase } from "../database/guard.ts";
import { realMachine } from "../time/real-machine.ts";
import { localStore, STATE_MIGRATIONS } from "./local.ts";

/** What all processes of this user know of backends, in `state.db`. Opened when it is first asked. */
export function openState(stateDir: string, warn: (text: string) => void): StateStore {
  const database = guardDatabase(
    {
      file: join(stateDir, "state.db"),
      migrations: STATE_MIGRATIONS,
      durable: false,
      consequence: "what happens in this run is not remembered",
    },
    { warn, wallTime: () => new Date() },
  );
  return localStore(database, realMachine());
}
