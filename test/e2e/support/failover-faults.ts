/**
 * The sixteen faults of the public failover benchmark (FB01–FB16), as far as one request shows them: what it is, how a scripted backend
 * has it, and, before the answer began, how the chain log tells it.
 */
export const PASSED_ON = [
  ["FB01", "429 with a wait", "429:retry-after=30", /^rate limited$/],
  ["FB02", "429 that lasts", "429", /^rate limited$/],
  ["FB03", "one 500", "500", /^failed \(500 .+\)$/],
  ["FB04", "503 that lasts", "503", /^failed \(503 .+\)$/],
  ["FB05", "a connection that is reset after its headers", "cut-after-headers", /^failed \(.+\)$/],
  ["FB06", "silence", "timeout", /^timeout$/],
  ["FB07", "a first token that is late", "role-only-stall", /^timeout$/],
  ["FB10", "a first message that is broken", "malformed", /^failed \(.+\)$/],
  [
    "FB12",
    "longer than the context, which another may have",
    "400-context",
    /^failed \(context length: .+\)$/,
  ],
] as const;

/** Those after an answer had begun: it breaks off, and nobody else is asked. */
export const BROKEN = [
  ["FB08", "is cut", "cut-stream:after=2"],
  ["FB09", "stalls", "stall:after=2"],
  ["FB10", "turns into a broken message", "malformed-after:after=2"],
  ["FB11", "ends without its end", "end-stream:after=2"],
] as const;
