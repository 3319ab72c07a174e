/**
 * What a measured value is worth. `floor` and `goal` bound it from above, or from below with `better: "more"`.
 *
 * @param {{ value?: number, floor: number, goal?: number, better?: "less" | "more" }} check
 * @returns "GOAL" or "PASS" (it holds its floor), "MISS", or "not measured" when the value is not a number.
 */
export function verdictOf({ value, floor, goal, better = "less" }) {
  if (value === undefined || Number.isNaN(value)) return "not measured";
  const holds = (limit) => (better === "more" ? value >= limit : value <= limit);
  if (goal !== undefined && holds(goal)) return "GOAL";
  return holds(floor) ? "PASS" : "MISS";
}

/** How many times as much one has of `key` as another. NaN when one of them was not measured. */
export function ratio(figures, one, other, key) {
  return (figures.get(one)?.[key] ?? Number.NaN) / (figures.get(other)?.[key] ?? Number.NaN);
}
