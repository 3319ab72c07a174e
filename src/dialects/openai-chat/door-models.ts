import type { ModelEntry } from "../dialect.ts";

/** Writes a list of models. */
export function encodeModels(entries: readonly ModelEntry[]): string {
  return JSON.stringify({ object: "list", data: entries.map(shown) });
}

/** Writes one of them. */
export function encodeModel(entry: ModelEntry): string {
  return JSON.stringify(shown(entry));
}

/** Nobody knows when it was made; clients want a number. */
function shown({ id, owner }: ModelEntry): object {
  return { id, object: "model", created: 0, owned_by: owner };
}
