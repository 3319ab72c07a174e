/**
 * What is here already, or comes. `await` costs a promise, a microtask and a context switch even for what is here; on the way of a
 * request, which has a hundred such places, that is worth a look: `value instanceof Promise ? await value : value`.
 */
export type Soon<T> = T | Promise<T>;

/** Does what comes next with it: at once, or when it has come. */
export function withSoon<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Makes something for the first who asks; once it has come, it is here. Rejects for all where it cannot be made. */
export function madeOnce<T extends object>(make: () => Promise<T>): () => Soon<T> {
  let made: Soon<T> | undefined;
  return () => {
    made ??= make().then((value) => {
      made = value;
      return value;
    });
    return made;
  };
}
