import type { Backend, ModelInfo, Zone } from "../core/backend.ts";
import { isLoopback, isPrivate, isPublic } from "./address.ts";
import { BACKEND_TYPES } from "./types.ts";

/**
 * The zone of a backend that states none: `restricted` for a local type that is configured, or found on loopback, and
 * whose URL names a loopback or private address literally or `localhost`; everything else is `open`.
 */
export function defaultZone(backend: Pick<Backend, "type" | "url" | "source">): Zone {
  const host = new URL(backend.url).hostname;
  const near = isLoopback(host) || (backend.source === "configured" && isPrivate(host));
  return BACKEND_TYPES[backend.type].place === "local" && near ? "restricted" : "open";
}

/**
 * The zone a model of this backend is served in. Models that Ollama passes on to its cloud are `open` whatever the backend is: the
 * prompt leaves the machine. Their names tell (`…-cloud`, `…:cloud`), and for copies under other names its list of models does.
 */
export function zoneOf(
  backend: Pick<Backend, "type" | "zone">,
  { id, elsewhere }: Pick<ModelInfo, "id" | "elsewhere">,
): Zone {
  const cloud = elsewhere === true || (backend.type === "ollama" && /[-:]cloud$/i.test(id));
  return cloud ? "open" : backend.zone;
}

/** Whether only a list of its models tells that a backend passes one of them on. */
export function mayPassOn({ type, zone }: Pick<Backend, "type" | "zone">): boolean {
  return type === "ollama" && zone === "restricted";
}

/** `cloud`: a cloud type wherever it listens, and any type at a public address. */
export function placeOf(backend: Pick<Backend, "type" | "url">): "local" | "cloud" {
  const known = places.get(backend);
  if (known !== undefined) return known;
  const cloud = BACKEND_TYPES[backend.type].place === "cloud" || isPublic(new URL(backend.url).hostname);
  const place = cloud ? "cloud" : "local";
  places.set(backend, place);
  return place;
}

/** Backends never change: each URL is read once. */
const places = new WeakMap<object, "local" | "cloud">();
