/** Gives the calls of one conversation ids that a provider takes, and its results the ids of their calls. */
export interface CallIds {
  /** The id of a call, once for each call. */
  call(id: string): string;
  /** The id that the result of this call has to have; undefined when no such call waits for one. */
  result(id: string): string | undefined;
  /** Calls that got no result, forgotten with this. */
  unanswered(): readonly string[];
}

/**
 * No id stands twice in a conversation: some servers count from 1 in each answer. `spell` writes an id as the provider takes it, and
 * otherwise for each `attempt` (from 1), as another call may have that one already.
 */
export function createCallIds(spell: (id: string, attempt: number) => string): CallIds {
  const taken = new Set<string>();
  let waiting: { readonly id: string; readonly wire: string }[] = [];
  return {
    call(id) {
      let wire = spell(id, 1);
      for (let attempt = 2; taken.has(wire); attempt++) wire = spell(id, attempt);
      taken.add(wire);
      waiting.push({ id, wire });
      return wire;
    },
    result(id) {
      const call = waiting.find((one) => one.id === id);
      waiting = waiting.filter((one) => one !== call);
      return call?.wire;
    },
    unanswered() {
      const left = waiting.map(({ wire }) => wire);
      waiting = [];
      return left;
    },
  };
}

/** Writes ids that are as they were, but for their length and for what keeps them apart. */
export function spellWithin(longest: number): (id: string, attempt: number) => string {
  return (id, attempt) => {
    const tail = attempt === 1 ? "" : `_${attempt}`;
    return (id || "call").slice(0, longest - tail.length) + tail;
  };
}
