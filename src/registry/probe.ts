import type { Backend } from "../core/backend.ts";
import type { ChatRequest } from "../core/chat.ts";
import { type Failure, malformed } from "../core/failure.ts";
import type { FindKey, Send, StateStore } from "../core/ports.ts";
import { stopOn } from "../core/stop.ts";

const DAY_MS = 86_400_000;

/** One token is all a probe asks for. */
const PING: ChatRequest = {
  messages: [{ role: "user", parts: [{ type: "text", text: "ping" }] }],
  tools: [],
  params: {},
};

/** What became of a probe. `not due`: nothing was sent, for it costs something and the last one is not long ago. */
export type Probed = "not due" | "answered" | Failure;

/** Sends a backend's probe when one is due. */
export type SendProbe = (backend: Backend, signal: AbortSignal) => Promise<Probed>;

/**
 * Makes the function that sends probes. When the last one was sent is a shared fact: neither a restart nor a second
 * server buys another.
 */
export function createProbe(deps: { state: StateStore; send: Send; findKey: FindKey }): SendProbe {
  return async (backend, signal) => {
    const { probe, name, url, timeouts } = backend;
    if (probe === undefined) return "not due";
    const key = await deps.findKey(backend);
    if (key === undefined && backend.key.required) {
      return { class: "auth", message: "no key", keyMissing: true };
    }
    if (!(await take(deps.state, `probe:${JSON.stringify([name, url])}`, DAY_MS / probe.perDay)))
      return "not due";
    let probed: Probed = malformed("the answer broke off");
    const call = {
      backend,
      model: probe.model,
      request: PING,
      params: { max_tokens: 1 },
      stream: false,
      key,
      connectMs: timeouts.connectMs,
      stop: stopOn(signal),
    };
    try {
      await deps.send(call, (event) => {
        if (event.type === "failure") probed = event.failure;
        if (event.type === "response-end") probed = "answered";
        return undefined;
      });
      return probed;
    } finally {
      call.stop.release();
    }
  };
}

/** Whether `everyMs` have passed since this was last taken; if so, it is taken now. */
async function take(state: StateStore, key: string, everyMs: number): Promise<boolean> {
  let taken = false;
  await state.update(
    key,
    (last, now) => {
      taken = typeof last !== "number" || now - last >= everyMs;
      return taken ? now : last;
    },
    { together: true },
  );
  return taken;
}
