import { LOADED_CONTEXT } from "../backends/loaded-context.ts";
import { BACKEND_TYPES } from "../backends/types.ts";
import type { Backend, ModelInfo } from "../core/backend.ts";
import { type Failure, malformed } from "../core/failure.ts";
import { HOP_HEADER } from "../core/hop.ts";
import { parseJson } from "../core/json.ts";
import type { FindKey } from "../core/ports.ts";
import type { WireRequest } from "../dialects/dialect.ts";
import { DIALECTS } from "../dialects/index.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** What a backend said when asked for its models. */
export type Listing =
  | { readonly ok: true; readonly models: readonly ModelInfo[] }
  | { readonly ok: false; readonly failure: Failure };

/**
 * Asks a backend for its models, as a free way of finding out whether it is there and takes its key. Windows that a
 * server tells elsewhere are asked for at the same time.
 */
export async function askModels(
  upstream: Pick<Upstream, "get">,
  findKey: FindKey,
  backend: Backend,
  signal: AbortSignal,
): Promise<Listing> {
  const key = await findKey(backend);
  if (key === undefined && backend.key.required) {
    return { ok: false, failure: { class: "auth", message: "no key", keyMissing: true } };
  }
  const { models, failure } = DIALECTS[backend.dialect];
  const { headers, ...rest } = models.request(key?.reveal());
  // A nexus server asks nobody else for this: its backends may lead back here.
  const request = { ...rest, headers: { ...headers, [HOP_HEADER]: "1" } };
  const limits = { signal, connectMs: backend.timeouts.connectMs };
  const [answer, windows] = await Promise.all([
    upstream.get(backend, request, limits),
    loadedWindows(upstream, backend, request, limits),
  ]);
  if (!answer.ok) return { ok: false, failure: timedOut(signal) ?? answer.failure };
  if (answer.status >= 400) return { ok: false, failure: failure.decode(answer) };
  const listed = answer.status < 300 ? models.decode(parseJson(answer.body)) : undefined;
  if (listed === undefined) {
    const message = `its list of models is not one (status ${answer.status})`;
    return { ok: false, failure: { ...malformed(message), status: answer.status } };
  }
  return { ok: true, models: listed.map((model) => withWindow(plainId(backend, model), windows)) };
}

/** That the wait ended, where it is this that cut the request off. */
function timedOut({ aborted, reason }: AbortSignal): Failure | undefined {
  const late = aborted && reason instanceof DOMException && reason.name === "TimeoutError";
  return late ? { class: "timeout", message: "no answer in time" } : undefined;
}

/** Google lists `models/gemini-…` and takes `gemini-…`, which is what everybody writes. */
function plainId(backend: Backend, model: ModelInfo): ModelInfo {
  const prefix = BACKEND_TYPES[backend.type].idPrefix;
  return prefix !== undefined && model.id.startsWith(prefix)
    ? { ...model, id: model.id.slice(prefix.length) }
    : model;
}

/** Windows of the models that are loaded now; none where the server does not say. */
async function loadedWindows(
  upstream: Pick<Upstream, "get">,
  backend: Backend,
  request: WireRequest,
  limits: Parameters<Upstream["get"]>[2],
): Promise<ReadonlyMap<string, number>> {
  const source = LOADED_CONTEXT[backend.type];
  if (source === undefined) return new Map();
  const root = { ...backend, url: backend.url.replace(/\/v1$/, "") };
  const answer = await upstream.get(root, { ...request, path: source.path }, limits);
  return answer.ok && answer.status === 200 ? source.read(parseJson(answer.body)) : new Map();
}

function withWindow(model: ModelInfo, windows: ReadonlyMap<string, number>): ModelInfo {
  const contextLength = windows.get(model.id) ?? windows.get("*");
  return contextLength === undefined ? model : { ...model, contextLength };
}
