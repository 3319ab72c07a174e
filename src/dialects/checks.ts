import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import type { BadRequest } from "./dialect.ts";

/** Takes down what is wrong with a request while it is read; the first is told. */
export interface Complaints {
  add(param: string, message: string, code?: string): void;
  first(): BadRequest | undefined;
}

/** Starts with none. */
export function createComplaints(): Complaints {
  let first: BadRequest | undefined;
  return {
    add(param, message, code = "invalid_request") {
      first ??= { ok: false, status: 400, message: `"${param}" ${message}`, code, param };
    },
    first: () => first,
  };
}

/** A member of an object of the caller's; undefined when it is missing, whatever its name. */
export function member(object: JsonObject, name: string): Json | undefined {
  const value = object[name];
  return value !== undefined && Object.hasOwn(object, name) ? value : undefined;
}

/** Gives an object a member, whatever its name: an assignment to `__proto__` would make another object of it. */
export function define(object: Record<string, Json>, name: string, value: Json): void {
  if (name === "__proto__") Object.defineProperty(object, name, { ...PLAIN, value });
  else object[name] = value;
}

const PLAIN = { configurable: true, enumerable: true, writable: true };

/** The text of a member; a complaint and `""` when it is anything else. */
export function textOf(object: JsonObject, name: string, path: string, complaints: Complaints): string {
  const value = member(object, name);
  if (typeof value === "string") return value;
  complaints.add(`${path}.${name}`, "has to be a string");
  return "";
}

/** The objects of a list, each with its path; a complaint about the list or an item that is none. */
export function objectsOf(
  list: Json | undefined,
  path: string,
  complaints: Complaints,
): { object: JsonObject; path: string }[] {
  if (!Array.isArray(list)) {
    complaints.add(path, "has to be a list");
    return [];
  }
  const objects: { object: JsonObject; path: string }[] = [];
  for (let at = 0; at < list.length; at++) {
    const object: Json = list[at];
    const where = `${path}[${at}]`;
    if (isJsonObject(object)) objects.push({ object, path: where });
    else complaints.add(where, "has to be an object");
  }
  return objects;
}
