import type { FilterRule } from "./index.ts";

/** A backend that is known to be down, or that is to be left alone, is asked nothing. */
export const health: FilterRule = ({ backend }, _requirement, { loadOf }) => {
  const { status, error } = loadOf(backend.name);
  if (status !== "unhealthy" && status !== "draining") return undefined;
  const how = status === "unhealthy" && error !== undefined ? `unhealthy: ${error}` : status;
  return { filter: status, why: `backend ${backend.name} is ${how}`, chain: `${how} (skipped)` };
};
