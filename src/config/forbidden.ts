import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { formatPath, type KeyPath } from "./key-path.ts";
import { literalKeys } from "./literals.ts";

/** What no file of ours may hold: literal keys, and the name `__proto__`, which programs trip over. */
export function forbidden(document: JsonObject): { message: string; hint?: string } | undefined {
  const [literal] = literalKeys(document);
  if (literal !== undefined) {
    return {
      message: `${formatPath(literal)}: a key itself has no place in this file`,
      hint: "name its variable with api_key_env, or store it with `nexus key set BACKEND`",
    };
  }
  const proto = pathOfProto(document);
  return proto === undefined ? undefined : { message: `${formatPath(proto)}: no key may have this name` };
}

function pathOfProto(value: Json, path: KeyPath = []): KeyPath | undefined {
  const inner: readonly (readonly [string, Json])[] = Array.isArray(value)
    ? value.map((each: Json, at) => [String(at), each])
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  for (const [name, each] of inner) {
    const found = name === "__proto__" ? [...path, name] : pathOfProto(each, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}
