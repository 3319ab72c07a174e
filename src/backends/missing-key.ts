import type { Backend } from "../core/backend.ts";

/** Says that a backend has no key, and why: `backend "groq" has no key (GROQ_API_KEY is not set)`. */
export function missingKeyText({ name, key: { env, ref } }: Backend): string {
  const looked = [
    ...(env.length > 0 ? [`${env.join(" and ")} ${env.length > 1 ? "are" : "is"} not set`] : []),
    ...(ref === undefined ? [] : [`no key "${ref}" is stored`]),
  ];
  return `backend "${name}" has no key${looked.length > 0 ? ` (${looked.join(", ")})` : ""}`;
}

/** What to do about a backend without a usable key: `set GROQ_API_KEY, or: nexus key set groq`. */
export function keyHint({ name, key: { env, ref } }: Backend): string {
  const [variable] = env;
  const store = `nexus key set ${ref ?? name}`;
  return variable === undefined ? store : `set ${variable}, or: ${store}`;
}
