import { nearest } from "../core/nearest.ts";
import type { KeyPath } from "./key-path.ts";
import { RATES } from "./pricing.ts";

/** What was meant by a path in which the name of a model fell apart at its dots. */
export function misreadModel([section = "", backend, ...rest]: KeyPath): KeyPath | undefined {
  if (backend === undefined) return undefined;
  if (["aliases", "fallbacks"].includes(section)) {
    return rest.length === 0 ? undefined : [section, [backend, ...rest].join(".")];
  }
  if (section !== "pricing") return undefined;
  const rate = rest.findLastIndex((name) => nearest(name, RATES).length > 0);
  const model = rate > 0 ? rest.slice(0, rate) : rest;
  if (model.length < 2) return undefined;
  return [section, backend, model.join("."), ...rest.slice(model.length)];
}
