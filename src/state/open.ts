import { existsSync } from "node:fs";
import { join } from "node:path";
import type { StateStore } from "../core/ports.ts";
import { guardDatabase, type Warn } from "../database/guard.ts";
import { realMachine } from "../time/real-machine.ts";
import { localStore, STATE_MIGRATIONS } from "./local.ts";

/** What all processes of this user know of backends, in `state.db`. Opened when it is first asked. */
export function openState(
  stateDir: string,
  warn: Warn,
  consequence = "nothing of this run is kept",
): StateStore {
  const database = guardDatabase(
    {
      file: fileIn(stateDir),
      migrations: STATE_MIGRATIONS,
      durable: false,
      consequence,
    },
    { warn, wallTime: () => new Date() },
  );
  return localStore(database, realMachine());
}

/** The same for who only looks or clears: undefined where nothing is kept yet, and then nothing is made. */
export function openStateIfAny(stateDir: string, warn: (text: string) => void): StateStore | undefined {
  if (!existsSync(fileIn(stateDir))) return undefined;
  return openState(stateDir, warn, "what is known of backends cannot be read or changed");
}

function fileIn(stateDir: string): string {
  return join(stateDir, "state.db");
}
