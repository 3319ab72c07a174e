import type { BackendType } from "../core/backend.ts";
import { isMetadata, isPrivate } from "./address.ts";
import { BACKEND_TYPES, isBackendType } from "./types.ts";

/** What a server on the local network says of itself by mDNS. Anybody there can say anything. */
export interface Announcement {
  /** Tells services apart: `My Mac._ollama._tcp.local`. */
  readonly service: string;
  /** `_ollama._tcp` */
  readonly serviceType: string;
  readonly addresses: readonly string[];
  /** The address it was sent from, which can be reached from here. */
  readonly from?: string;
  readonly port: number;
  readonly txt: Readonly<Record<string, string>>;
}

/** The backend that an announcement means, or why it means none. */
export type Announced =
  | { readonly ok: true; readonly type: BackendType; readonly url: string; readonly version?: string }
  | { readonly ok: false; readonly why: string };

/**
 * Reads an announcement. Only addresses of the local network are believed, as they stand: a name could be made to mean
 * anything, also this machine. A server is never taken for a cloud, which is what keys belong to.
 */
export function readAnnouncement(announcement: Announcement): Announced {
  const { serviceType, port, txt } = announcement;
  const host = bestHost(announcement);
  if (host === undefined) return { ok: false, why: "it has no address of the local network" };
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return { ok: false, why: "it has no port" };
  const type = typeOf(serviceType, txt["type"]);
  // Ollama has its paths, and announces at most the one of its own dialect.
  const path = type === "ollama" ? "" : (txt["api_path"] ?? "");
  if (!isPath(path)) return { ok: false, why: "its api_path is no path" };
  const version = txt["version"] ?? "";
  return {
    ok: true,
    type,
    url: `http://${host}:${port}${path}`,
    ...(/^[\w.+-]{1,64}$/.test(version) ? { version } : {}),
  };
}

/** Of several addresses the one that is known to reach us, else IPv4 first: a machine also names those of its containers. */
function bestHost({ addresses, from }: Announcement): string | undefined {
  const hosts = addresses.flatMap(hostOf);
  const [sender] = from === undefined ? [] : hostOf(from);
  return hosts.find((host) => host === sender) ?? hosts.find((host) => !host.startsWith("[")) ?? hosts.at(0);
}

/** What stands in a URL. An address of one link only (fe80::/10) says nothing without naming the link. */
function hostOf(address: string): readonly string[] {
  const text = address.includes(":") ? `[${address}]` : address;
  if (!/^(\d+(\.\d+){3}|\[[\da-f:.]{2,45}\])$/i.test(text) || !URL.canParse(`http://${text}`)) return [];
  const { hostname } = new URL(`http://${text}`);
  return isPrivate(hostname) && !isMetadata(hostname) && !/^\[fe[89ab]/.test(hostname) ? [hostname] : [];
}

function typeOf(serviceType: string, stated: string | undefined): BackendType {
  if (serviceType === "_ollama._tcp") return "ollama";
  const word = stated?.toLowerCase() ?? "";
  return isBackendType(word) && BACKEND_TYPES[word].place === "local" ? word : "generic";
}

function isPath(path: string): boolean {
  return path === "" || (/^(\/[\w.~-]{1,64}){0,8}\/?$/.test(path) && !/\/\.\.?(\/|$)/.test(path));
}
