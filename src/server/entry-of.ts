/** What a map holds for a key; made when it holds nothing yet. */
export function entryOf<K, T>(map: Map<K, T>, key: K, make: (key: K) => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make(key);
  map.set(key, made);
  return made;
}

/** Counts one more of these. */
export function countOne<K>(map: Map<K, number>, key: K): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
