import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, objectsOf } from "../checks.ts";

/**
 * The members of an object that state something, under the names that the documentation uses. Protocol buffers take
 * `system_instruction` for `systemInstruction`, and `null` for what is not stated: https://protobuf.dev/programming-guides/json/
 */
export function fieldsOf(object: JsonObject): JsonObject {
  if (Object.entries(object).every(([name, value]) => value !== null && !name.includes("_"))) return object;
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (value === null ? [] : [[camelCase(name), value]])),
  );
}

/** The documented name of a field. */
export function camelCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The objects of a list, each with its path. Google takes one that stands alone for a list of it, and so does its documentation. */
export function fieldsOfList(
  list: Json | undefined,
  path: string,
  complaints: Complaints,
): { object: JsonObject; path: string }[] {
  return objectsOf(isJsonObject(list) ? [list] : list, path, complaints).map((one) => ({
    ...one,
    object: fieldsOf(one.object),
  }));
}
