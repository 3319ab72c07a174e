/** What facts are kept about: a model on a backend, or one key of a backend, told apart by its fingerprint. */
export type Subject =
  | { readonly kind: "model"; readonly backend: string; readonly model: string }
  | { readonly kind: "key"; readonly backend: string; readonly fingerprint: string };

/** The store's key for facts about a subject. */
export function factKey(subject: Subject): string {
  return subject.kind === "model"
    ? `facts:${JSON.stringify([subject.backend, subject.model])}`
    : `key:${JSON.stringify([subject.backend, subject.fingerprint])}`;
}
