import { EventEmitter } from "node:events";
import type { Announcement } from "../backends/announced.ts";
import type { Clock } from "../core/clock.ts";
import { isObject } from "../core/json.ts";

/** Who wants to hear what is announced. */
export interface BrowseListener {
  /** A service is there, or says something new of itself. */
  up(announcement: Announcement): void;
  /** A service took its leave, or its time ran out. */
  down(service: string): void;
  /** Nothing, or not everything, can be heard. */
  trouble(why: string): void;
}

/** Listens for announcements of these service types. Returns what ends it. */
export type Browse = (
  serviceTypes: readonly string[],
  listener: BrowseListener,
  clock: Clock,
) => Promise<() => Promise<void>>;

/** Where to listen, for tests: all interfaces and mDNS's own port unless told otherwise. */
export interface Place {
  readonly port?: number;
  /** An address of this machine. */
  readonly interface?: string;
}

const FIRST_QUERY_MS = 1_000;
const LAST_QUERY_MS = 60_000;

/** Makes what listens on the network. The library is loaded by the first call. */
export function createBrowse(place: Place = {}): Browse {
  return async (serviceTypes, listener, clock) => {
    const { default: Bonjour } = await import("bonjour-service");
    const options = place.interface === undefined ? place : { ...place, bind: "0.0.0.0" };
    const trouble = (error: unknown) =>
      listener.trouble(error instanceof Error ? error.message : String(error));
    const bonjour = new Bonjour(options, trouble);
    const network = networkOf(bonjour["server"]);
    let joined = false;
    network.on("error", trouble);
    network.on("networkInterface", () => {
      joined = true;
    });
    network.on("ready", () => {
      if (!joined) listener.trouble("no network interface takes part in multicast");
    });

    const browsers = serviceTypes.map((serviceType) => {
      const [, type = ""] = /^_(.+)\._tcp$/.exec(serviceType) ?? [];
      const browser = bonjour.find({ type, protocol: "tcp" });
      const up = (service: unknown) => {
        const announcement = announcementOf(serviceType, service);
        if (announcement !== undefined) listener.up(announcement);
      };
      browser.on("up", up).on("srv-update", up).on("txt-update", up);
      browser.on("down", ({ fqdn }) => listener.down(fqdn));
      return browser;
    });

    // The library asks once: what was lost, or came without a word, is asked for again, ever more rarely.
    let cancel = () => {};
    const askAgain = (afterMs: number): void => {
      cancel = clock.after(afterMs, () => {
        for (const browser of browsers) browser.expire();
        for (const name of serviceTypes) {
          network.query(`${name}.local`, "PTR", (error) => {
            if (error) trouble(error);
          });
        }
        askAgain(Math.min(2 * afterMs, LAST_QUERY_MS));
      });
    };
    askAgain(FIRST_QUERY_MS);

    return async () => {
      cancel();
      for (const browser of browsers) browser.removeAllListeners().stop();
      await new Promise<void>((resolve) => bonjour.destroy(() => resolve()));
    };
  };
}

interface Network extends EventEmitter {
  query(name: string, type: "PTR", sent: (error?: Error | null) => void): void;
}

/** The library keeps its socket to itself, and an error that nobody hears of would end the process. */
function networkOf(server: unknown): Network {
  const network = isObject(server) ? server["mdns"] : undefined;
  if (isNetwork(network)) return network;
  throw new TypeError("bonjour-service keeps its network elsewhere now");
}

function isNetwork(value: unknown): value is Network {
  return value instanceof EventEmitter && "query" in value && typeof value.query === "function";
}

/** A packet may lack any of it. */
function announcementOf(serviceType: string, service: unknown): Announcement | undefined {
  if (!isObject(service)) return undefined;
  const { fqdn, addresses, port, txt, referer } = service;
  if (typeof fqdn !== "string" || typeof port !== "number" || !Array.isArray(addresses)) return undefined;
  const entries = Object.entries(isObject(txt) ? txt : {});
  return {
    service: fqdn,
    serviceType,
    addresses: addresses.filter((address) => typeof address === "string"),
    port,
    ...(isObject(referer) && typeof referer["address"] === "string" ? { from: referer["address"] } : {}),
    txt: Object.fromEntries(
      entries.flatMap(([name, value]) => (typeof value === "string" ? [[name.toLowerCase(), value]] : [])),
    ),
  };
}
