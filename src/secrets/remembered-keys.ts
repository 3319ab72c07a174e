import type { Secret } from "../core/backend.ts";
import type { Clock } from "../core/clock.ts";
import type { FindKey } from "../core/ports.ts";
import { type Soon, withSoon } from "../core/soon.ts";

/** A key that was changed is sent within this many milliseconds. */
const REMEMBERED_MS = 1_000;

/** For a process that lives long: keys are looked for at most once a second, so that no request waits for a disk. */
export function rememberKeys(find: FindKey, clock: Pick<Clock, "now">): FindKey {
  const found = new Map<string, { readonly at: number; key: Soon<Secret | undefined> }>();
  return (backend) => {
    // A key belongs to an origin: another address is another question.
    const name = `${backend.name} ${backend.url}`;
    const known = found.get(name);
    if (known !== undefined && clock.now() - known.at < REMEMBERED_MS) return known.key;
    const fresh = { at: clock.now(), key: find(backend) };
    found.set(name, fresh);
    void withSoon(fresh.key, (key) => {
      fresh.key = key;
    });
    return fresh.key;
  };
}
