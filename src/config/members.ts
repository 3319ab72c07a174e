/** The way from a profile through its members back to itself, that name first and last; undefined when there is none. */
export function cycleThrough(
  name: string,
  membersOf: (name: string) => readonly string[],
): readonly string[] | undefined {
  const seen = new Set<string>();
  const wayBack = (from: string): readonly string[] | undefined => {
    for (const member of membersOf(from)) {
      if (member === name) return [from, name];
      if (seen.has(member)) continue;
      seen.add(member);
      const way = wayBack(member);
      if (way !== undefined) return [from, ...way];
    }
    return undefined;
  };
  return wayBack(name);
}
