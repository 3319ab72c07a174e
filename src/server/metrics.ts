import { madeOnce } from "../core/soon.ts";
import { type Counts, type Durations, SECONDS } from "./counts.ts";
import type { KnownNames } from "./known-names.ts";
import type { Look } from "./look.ts";

/** What is told in Prometheus' format. */
export interface MetricsPage {
  readonly text: string;
  readonly contentType: string;
}

/** Tells everything that is counted, and how backends do now. */
export type ReadMetrics = (look: Look, known: KnownNames) => Promise<MetricsPage>;

/** Values of `nexus_breaker_state`. */
const BREAKER = { closed: 0, "half-open": 1, open: 2 } as const;

/** One number of a family. Those that are alike in their labels are added up. */
interface Series {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Where it is not the family's. */
  readonly metricName?: string;
}

/**
 * Tells what is counted here, and what Node knows of the process. The library would count, too: not for each request, since
 * that takes it twenty times as long as to add to a number.
 */
export function createMetrics(counts: Counts): ReadMetrics {
  const library = madeOnce(openLibrary);
  return async (look, known) => {
    const { ofNode, write } = await library();
    const families = [...counted(counts), ...seen(look, known, await look.breakers())];
    const text = `${await ofNode.metrics()}\n${await write(families)}`;
    return { text, contentType: ofNode.contentType };
  };
}

/**
 * With the first look, which most servers never get: to know the delay of its event loop and its collections of garbage wakes a
 * process that has nothing to do a hundred times a second.
 */
async function openLibrary() {
  const { AggregatorRegistry, collectDefaultMetrics, Registry } = await import("prom-client");
  const ofNode = new Registry();
  collectDefaultMetrics({ register: ofNode });
  return { ofNode, write: (families: object[]) => AggregatorRegistry.aggregate([families]).metrics() };
}

function counted(counts: Counts): object[] {
  const places = counts.places();
  const metered = places.filter((place) => place.metered > 0);
  const priced = places.filter((place) => place.priced > 0);
  return [
    counter(
      "requests_total",
      "Requests to models, by who answered and the HTTP status.",
      places.flatMap(({ model, backend, statuses }) =>
        [...statuses].map(([status, value]) => ({ labels: { model, backend, status }, value })),
      ),
    ),
    counter(
      "errors_total",
      "Requests to models that failed or were refused.",
      [...counts.errors].map(([code, value]) => ({ labels: { code }, value })),
    ),
    counter(
      "fallbacks_total",
      "Requests that another model answered than the first.",
      [...counts.fallbacks].flatMap(([from_model, to]) =>
        [...to].map(([to_model, value]) => ({ labels: { from_model, to_model }, value })),
      ),
    ),
    counter(
      "attempts_total",
      "Candidates that were asked or skipped.",
      places.flatMap(({ backend, outcomes }) =>
        [...outcomes].map(([outcome, value]) => ({ labels: { backend, outcome }, value })),
      ),
    ),
    seconds("request_duration", "From a request to the end of its answer.", (name) =>
      seriesOf(name, counts.durations),
    ),
    seconds("backend_latency", "Duration of one request to a backend.", (name) =>
      places.flatMap(({ backend, latency }) => seriesOf(name, latency, { backend })),
    ),
    seconds("time_to_first_token", "From a request to a backend to its first content.", (name) =>
      places.flatMap(({ backend, firstContent }) => seriesOf(name, firstContent, { backend })),
    ),
    counter(
      "tokens_total",
      "Tokens, where they are known.",
      metered.flatMap(({ backend, model, inputTokens, outputTokens }) => [
        { labels: { backend, model, direction: "input" }, value: inputTokens },
        { labels: { backend, model, direction: "output" }, value: outputTokens },
      ]),
    ),
    counter(
      "cost_usd_total",
      "US dollars, where a price is known.",
      priced.map(({ backend, model, costUsd }) => ({ labels: { backend, model }, value: costUsd })),
    ),
  ];
}

/** How backends do now. */
function seen(look: Look, known: KnownNames, breakers: Awaited<ReturnType<Look["breakers"]>>): object[] {
  const backends = look.backends();
  return [
    gauge(
      "breaker_state",
      "Circuit breaker: 0 closed, 1 half-open, 2 open.",
      breakers
        .filter(({ backend, model }) => known.backend(backend) && known.model(model))
        .map(({ backend, model, state }) => ({ labels: { backend, model }, value: BREAKER[state] })),
    ),
    gauge(
      "pending_requests",
      "Requests to a backend that are under way.",
      backends.map(({ name, pending }) => ({ labels: { backend: name }, value: pending })),
    ),
    gauge(
      "backend_up",
      "Health of a backend: 1 healthy, 0 not; absent while unknown.",
      backends
        .filter(({ status }) => status !== "unknown")
        .map(({ name, status }) => ({ labels: { backend: name }, value: Number(status === "healthy") })),
    ),
  ];
}

function counter(name: string, help: string, values: readonly Series[]): object {
  return { name: `nexus_${name}`, help, type: "counter", aggregator: "sum", values };
}

function gauge(name: string, help: string, values: readonly Series[]): object {
  return { ...counter(name, help, values), type: "gauge" };
}

function seconds(name: string, help: string, values: (name: string) => readonly Series[]): object {
  const family = `${name}_seconds`;
  return { ...counter(family, help, values(`nexus_${family}`)), type: "histogram" };
}

/** A histogram as it is written: each bucket holds those before it. Of a backend nothing is told that never was. */
function seriesOf(name: string, { within, count, sum }: Durations, labels?: { backend: string }): Series[] {
  if (labels !== undefined && count === 0) return [];
  let soFar = 0;
  return [
    ...SECONDS.map((le, index) => {
      soFar += within[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: soFar };
    }),
    { metricName: `${name}_bucket`, labels: { le: "+Inf", ...labels }, value: count },
    { metricName: `${name}_sum`, labels: { ...labels }, value: sum },
    { metricName: `${name}_count`, labels: { ...labels }, value: count },
  ];
}
