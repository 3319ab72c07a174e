import type * as z from "zod/mini";
import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import { formatPath, type KeyPath, valueAt } from "./key-path.ts";
import { shown } from "./literals.ts";

/** What a schema says of a document. Faults and warnings begin with the path of their key. */
export interface Checked<T> {
  /** Undefined when there is a fault. Unknown keys are left out. */
  readonly data: T | undefined;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** Checks a document: wrong types are faults, unknown keys are warnings that name the nearest known key. */
export function check<T extends z.ZodMiniType>(schema: T, document: JsonObject): Checked<z.infer<T>> {
  const warnings: string[] = [];
  let known: Json = document;
  let result = schema.safeParse(known);
  for (const { path, keys, expected } of flat(result.error?.issues ?? [])) {
    for (const key of keys) {
      warnings.push(
        `${formatPath([...path, key])}: unknown key${didYouMean(key, expected.split(" "))}, ignored`,
      );
      known = without(known, [...path, key]);
    }
  }
  if (warnings.length > 0) result = schema.safeParse(known);
  const faults = flat(result.error?.issues ?? []).map(({ path, expected }) => {
    const found = valueAt(known, path);
    const place = path.length === 0 ? "the file" : formatPath(path);
    return found === undefined
      ? `${place}: is missing; it has to be ${expected}`
      : `${place}: has to be ${expected}, not ${shown(found)}`;
  });
  return { data: result.data, faults, warnings };
}

interface Issue {
  readonly path: KeyPath;
  /** What is allowed, or the known keys where `keys` are unknown. */
  readonly expected: string;
  readonly keys: readonly string[];
}

/** Issues with the branches of unions taken apart: of the branches, the one that got furthest tells what is wrong. */
function flat(issues: readonly z.core.$ZodIssue[], prefix: KeyPath = []): readonly Issue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path.map(String)];
    if (issue.code === "invalid_union") {
      const inner = issue.errors.find((branch) =>
        branch.every(({ path: below, code }) => below.length > 0 || code !== "invalid_type"),
      );
      if (inner !== undefined) return flat(inner, path);
    }
    return [{ path, expected: issue.message, keys: issue.code === "unrecognized_keys" ? issue.keys : [] }];
  });
}

function without(value: Json, path: KeyPath): Json {
  const [name, ...rest] = path;
  const deeper = (each: Json, at: string) => (at === name ? without(each, rest) : each);
  if (Array.isArray(value)) return value.map((each, index) => deeper(each, String(index)));
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== name || rest.length > 0);
  return Object.fromEntries(kept.map(([key, each]) => [key, deeper(each, key)]));
}
