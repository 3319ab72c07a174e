/** Items that are alike, and what they are alike in. */
export interface Alike<K, T> {
  readonly key: K;
  readonly items: T[];
}

/** Puts together what is alike, in the order in which it came. Fast where nearly all are like the one before them. */
export function groupAlike<K, T>(
  items: readonly T[],
  isAlike: (item: T, key: K) => boolean,
  keyOf: (item: T) => K,
): readonly Alike<K, T>[] {
  const groups: Alike<K, T>[] = [];
  let last: Alike<K, T> | undefined;
  for (const item of items) {
    if (last === undefined || !isAlike(item, last.key)) {
      last = groups.find((group) => isAlike(item, group.key));
      if (last === undefined) {
        last = { key: keyOf(item), items: [] };
        groups.push(last);
      }
    }
    last.items.push(item);
  }
  return groups;
}
