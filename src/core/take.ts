/**
 * Takes the parts of something as they come. A promise asks whoever gives them to wait until it is settled, so that a slow reader
 * slows the writer; nothing to wait for is undefined, which costs nothing.
 */
export type Take<T> = (part: T) => Promise<void> | undefined;

/** Gives all of these, each when the one before is taken. */
export function takeAll<T>(parts: readonly T[], take: Take<T>, from = 0): Promise<void> | undefined {
  for (let at = from; at < parts.length; at++) {
    const part = parts[at];
    const taking = part === undefined ? undefined : take(part);
    if (taking !== undefined) return taking.then(() => takeAll(parts, take, at + 1));
  }
  return undefined;
}

/** Does what comes next: at once, or when something is over. */
export function after(
  before: Promise<void> | undefined,
  next: () => Promise<void> | undefined,
): Promise<void> | undefined {
  return before === undefined ? next() : before.then(next);
}
