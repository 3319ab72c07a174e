/** Gives the calls of one conversation ids that the API takes, and its results the ids of their calls. */
export interface ToolIds {
  /** The id of a call, once for each call. */
  call(id: string): string;
  /** The id that the result of this call has to have; undefined when no such call waits for one. */
  result(id: string): string | undefined;
  /** Calls that got no result, forgotten with this. */
  unanswered(): readonly string[];
}

/**
 * Ids hold letters, digits, `_` and `-` only, and none stands twice in a conversation. Other servers write what they like, and some
 * count from 1 in each answer.
 */
export function createToolIds(): ToolIds {
  const taken = new Set<string>();
  let waiting: { readonly id: string; readonly wire: string }[] = [];
  return {
    call(id) {
      const clean = id.replace(/[^a-zA-Z0-9_-]/g, "_") || "call";
      let wire = clean;
      for (let at = 2; taken.has(wire); at++) wire = `${clean}_${at}`;
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
