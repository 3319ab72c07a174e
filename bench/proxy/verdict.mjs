/**
 * What a measured value is worth. `floor` and `goal` bound it from above, or from below with `better: "more"`; a check
 * without a goal is good when it holds its floor.
 *
 * @returns "goal", "floor", "MISS", or "not measured" when the value is not a number.
 */
export function verdictOf({ value, floor, goal = floor, better = "less" }) {
  if (value === undefined || Number.isNaN(value)) return "not measured";
  const holds = (limit) => (better === "more" ? value >= limit : value <= limit);
  if (holds(goal)) return "goal";
  return holds(floor) ? "floor" : "MISS";
}

/** How many times as much one has of `key` as another. NaN when one of them was not measured. */
export function ratio(figures, one, other, key) {
  return (figures.get(one)?.[key] ?? Number.NaN) / (figures.get(other)?.[key] ?? Number.NaN);
}
