import { type Announced, type Announcement, readAnnouncement } from "../backends/announced.ts";
import { resolveBackend } from "../backends/resolve.ts";
import { isSameServer } from "../backends/url.ts";
import type { DiscoverySettings } from "../config/schema.ts";
import type { Clock } from "../core/clock.ts";
import { oneLine } from "../core/text.ts";
import type { Browse } from "./browse.ts";
import type { LiveBackend } from "./live-backend.ts";
import type { Registry } from "./registry.ts";

/** What discovery needs of the world. */
export interface DiscoveryDeps {
  readonly registry: Registry;
  readonly browse: Browse;
  readonly settings: DiscoverySettings;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** Servers found on the network, for as long as it runs. */
export interface Discovery {
  /** Looks at everything announced again, after other backends came or went. */
  settle(): void;
  /** Ends it; what was found goes. */
  stop(): Promise<void>;
}

/** So many are believed; a network with more of them has another plan. */
const MOST = 64;

/** Contract: everything configured comes first. */
const PRIORITY = 90;

/** Longest text of an announcement that is repeated. */
const MAX_TEXT = 80;

interface Known {
  readonly service: string;
  readonly is: Extract<Announced, { ok: true }>;
  /** Undefined while another backend has its URL. */
  live?: LiveBackend;
  /** Set while it has taken its leave. */
  keep?: () => void;
}

/** Registers what announces itself, while it does. */
export async function startDiscovery(deps: DiscoveryDeps): Promise<Discovery> {
  const { registry, settings, clock } = deps;
  const known = new Map<string, Known>();
  const warned = new Set<string>();

  function warnOnce(about: string, message: string): void {
    // Whoever announces nonsense without end is not to fill the log, nor the memory.
    if (warned.has(about) || warned.size >= MOST) return;
    warned.add(about);
    deps.warn(message);
  }

  /** Its backend, unless that was removed meanwhile or belongs to the configuration now. */
  function liveOf({ live }: Known): LiveBackend | undefined {
    return live !== undefined && !live.leaving && registry.get(live.backend.name) === live ? live : undefined;
  }

  function withdraw(one: Known): void {
    const live = liveOf(one);
    delete one.live;
    if (live !== undefined) registry.retire(live.backend.name);
  }

  function place(one: Known): void {
    const { type, url, version } = one.is;
    const mine = liveOf(one);
    const name = mine?.backend.name ?? freeName(registry, type);
    const backend = resolveBackend(name, { type, url, zone: "open", priority: PRIORITY }, "announced");
    const others = registry.all().filter((live) => live !== mine && !live.leaving);
    if (others.some((live) => isSameServer(live.backend.url, backend.url))) {
      withdraw(one);
    } else if (mine === undefined) {
      const metadata = {
        service: oneLine(one.service, MAX_TEXT),
        ...(version === undefined ? {} : { version }),
      };
      one.live = registry.add(backend, { source: "mdns", metadata });
    }
  }

  function settle(): void {
    for (const one of known.values()) place(one);
  }

  function forget(one: Known): void {
    one.keep?.();
    known.delete(one.service);
    withdraw(one);
    settle();
  }

  function up(announcement: Announcement): void {
    const { service } = announcement;
    const is = readAnnouncement(announcement);
    const before = known.get(service);
    if (!is.ok) {
      if (before !== undefined) forget(before);
      warnOnce(
        `service ${service}`,
        `${oneLine(service, MAX_TEXT)} announces itself and is not used: ${is.why}`,
      );
      return;
    }
    before?.keep?.();
    if (before !== undefined && isSame(before.is, is)) {
      delete before.keep;
    } else if (before === undefined && known.size >= MOST) {
      warnOnce("many", `more than ${MOST} servers announce themselves; the others are not used`);
      return;
    } else {
      if (before !== undefined) withdraw(before);
      known.set(service, { service, is });
    }
    settle();
  }

  function down(service: string): void {
    const one = known.get(service);
    if (one === undefined || one.keep !== undefined) return;
    const live = liveOf(one);
    if (live !== undefined) {
      registry.updateStatus(live.backend.name, "unknown", "it took its leave from the network");
    }
    one.keep = clock.after(settings.grace_ms, () => forget(one));
  }

  const trouble = (why: string) =>
    warnOnce("network", `discovery: servers that announce themselves may not be found: ${oneLine(why)}`);
  const end = await deps.browse(settings.service_types, { up, down, trouble }, clock);
  return {
    settle,
    async stop() {
      await end();
      for (const one of known.values()) {
        one.keep?.();
        withdraw(one);
      }
      known.clear();
    },
  };
}

function isSame(a: Known["is"], b: Known["is"]): boolean {
  return a.type === b.type && a.url === b.url && a.version === b.version;
}

/** `ollama`, `ollama-2`, … */
function freeName(registry: Registry, type: string): string {
  let name = type;
  for (let number = 2; registry.get(name) !== undefined; number++) name = `${type}-${number}`;
  return name;
}
