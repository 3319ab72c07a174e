import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { Paths } from "./paths.ts";

/** Milliseconds between two looks at the files: a change is in force within two seconds. */
const LOOK_MS = 500;

/** Looks at the files of the configuration until it is stopped. */
export interface Watch {
  /** Tells of a change now, whether there is one or not. */
  tell(): Promise<void>;
  /** Resolves when nobody is told any more. */
  stop(): Promise<void>;
}

/**
 * What the files of the configuration look like from outside: another text when one of them was changed, added or
 * removed. Not their contents, which hold keys.
 */
export async function looksOf({ configFile, secretsFile, profilesDir }: Paths): Promise<string> {
  const profiles = await readdir(profilesDir).catch(() => []);
  const files = [configFile, secretsFile, ...profiles.toSorted().map((name) => join(profilesDir, name))];
  const looks = files.map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return found === undefined
      ? `${file} -`
      : [file, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
  });
  return (await Promise.all(looks)).join("\n");
}

/**
 * Tells when files of the configuration changed since they looked like `known`. It looks at them again and again, because
 * what file systems tell by themselves cannot be relied on everywhere; and a change is told when it has been there for
 * two looks, so that nobody reads a file that is being written.
 */
export function watchConfiguration(
  looks: () => Promise<string>,
  known: string,
  deps: { readonly clock: Clock; readonly changed: () => Promise<void> },
): Watch {
  let told = known;
  let seen = known;
  let stopped = false;
  let cancel = () => {};
  let turn: Promise<void> = Promise.resolve();

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(async () => {
      if (!stopped) await work();
    });
    return turn;
  };
  const look = async () => {
    const before = seen;
    seen = await looks();
    if (seen === told || seen !== before) return;
    told = seen;
    await deps.changed();
  };
  const schedule = () => {
    if (stopped) return;
    cancel = deps.clock.after(LOOK_MS, () => void inTurn(look).finally(schedule));
  };
  schedule();
  return {
    tell: () =>
      inTurn(async () => {
        told = await looks();
        seen = told;
        await deps.changed();
      }),
    async stop() {
      stopped = true;
      cancel();
      await turn;
    },
  };
}
