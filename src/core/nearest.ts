import { distance } from "fastest-levenshtein";

/** The known names that are spelled most like `name`, nearest first, at most `max`; empty when none is near. */
export function nearest(name: string, known: Iterable<string>, max = 3): string[] {
  const wanted = name.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length * 0.4));
  return [...known]
    .map((candidate) => ({ candidate, far: closeness(wanted, candidate.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far)
    .slice(0, max)
    .map(({ candidate }) => candidate);
}

/** Letters to change; for a name of some length, what was typed may also be only the beginning. */
function closeness(wanted: string, candidate: string): number {
  const far = distance(wanted, candidate);
  if (wanted.length >= 3 && candidate.startsWith(wanted)) return Math.min(far, 1);
  if (wanted.length < 5) return far;
  const beginnings = [wanted.length, wanted.length + 1].map((length) => candidate.slice(0, length));
  return Math.min(far, ...beginnings.map((beginning) => 1 + distance(wanted, beginning)));
}
/** ` (did you mean a, b?)`, or nothing when no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  return near.length === 0 ? "" : ` (did you mean ${near.join(", ")}?)`;
}
