import type { FilterRule } from "./index.ts";

/** Vectors come only from servers that have them. */
export const embeddings: FilterRule = ({ backend }, requirement, { embeds }) => {
  if (!requirement.embeddings || embeds(backend.type)) return undefined;
  return {
    filter: "embeddings",
    why: `backend ${backend.name} is of type ${backend.type}, which has no embeddings`,
    chain: "no embeddings (skipped)",
  };
};
