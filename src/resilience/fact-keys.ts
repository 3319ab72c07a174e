/** What facts are kept about: a model on a backend, or one key of a backend, told apart by its fingerprint. */
export type Subject =
  | { readonly kind: "model"; readonly backend: string; readonly model: string }
  | { readonly kind: "key"; readonly backend: string; readonly fingerprint: string };

/** Every key of facts in a store begins with one of these. */
export const FACT_PREFIXES = ["facts:", "key:"] as const;

/** The store's key for facts about a subject. */
export function factKey(subject: Subject): string {
  return subject.kind === "model"
    ? `facts:${JSON.stringify([subject.backend, subject.model])}`
    : `key:${JSON.stringify([subject.backend, subject.fingerprint])}`;
}

/** What a store's key is about; undefined when it is no key of facts. */
export function subjectOf(key: string): Subject | undefined {
  const prefix = FACT_PREFIXES.find((one) => key.startsWith(one));
  if (prefix === undefined) return undefined;
  const names = parseNames(key.slice(prefix.length));
  if (names === undefined) return undefined;
  const [backend, name] = names;
  return prefix === "facts:"
    ? { kind: "model", backend, model: name }
    : { kind: "key", backend, fingerprint: name };
}

function parseNames(text: string): readonly [string, string] | undefined {
  try {
    const names: unknown = JSON.parse(text);
    if (!Array.isArray(names) || names.length !== 2) return undefined;
    const [backend, name]: unknown[] = names;
    return typeof backend === "string" && typeof name === "string" ? [backend, name] : undefined;
  } catch {
    return undefined;
  }
}
