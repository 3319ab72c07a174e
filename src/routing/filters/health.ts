import type { FilterRule } from "./index.ts";

/** A backend that is known to be down, or that is to be left alone, is asked nothing. */
export const health: FilterRule = ({ backend }, _requirement, { loadOf }) => {
  const { status } = loadOf(backend.name);
  if (status !== "unhealthy" && status !== "draining") return undefined;
  return { filter: status, why: `backend ${backend.name} is ${status}`, chain: `${status} (skipped)` };
};
