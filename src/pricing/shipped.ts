import type { ModelPrice } from "@pydantic/genai-prices";
import { presetAt } from "../backends/clouds.ts";
import { type Soon, withSoon } from "../core/soon.ts";
import type { Usage } from "../core/usage.ts";
import { costBy } from "./by-million.ts";

/**
 * USD by the shipped price data, at a time in milliseconds since 1970. Undefined for a model they do not have, and for every
 * address that is not a known cloud's: what stands behind another one has prices of its own, whatever its models are called.
 */
export type ShippedCost = (url: string, model: string, usage: Usage, at: number) => Soon<number | undefined>;

/** Most prices that are kept in mind: a client may ask for models that nobody has. */
const MOST = 1_000;

const MINUTE_MS = 60_000;

/** What was found for a model of a backend. */
interface Found {
  readonly price?: ModelPrice;
  /** Of a price that begins on a date or holds for hours of the day: the minute since 1970 that it was found for. */
  readonly minute?: number;
}

/** Looks a price up once, which takes long, and keeps it in mind. */
export function createShippedCost(): ShippedCost {
  const known = new Map<string, Found>();
  const find = async (key: string, url: string, model: string, minute: number): Promise<Found> => {
    const found = await findPrice(url, model, minute);
    if (known.size >= MOST) known.clear();
    known.set(key, found);
    return found;
  };
  return (url, model, usage, at) => {
    const minute = Math.floor(at / MINUTE_MS);
    const key = `${url} ${model}`;
    const seen = known.get(key);
    const isNews = seen === undefined || (seen.minute ?? minute) !== minute;
    return withSoon(
      isNews ? find(key, url, model, minute) : seen,
      ({ price }) => price && costBy(price, usage),
    );
  };
}

async function findPrice(url: string, model: string, minute: number): Promise<Found> {
  const { origin } = new URL(url);
  if (presetAt(origin) === undefined) return {};
  // Two thirds of a megabyte: loaded for the first answer that needs them.
  const { calcPrice } = await import("@pydantic/genai-prices");
  try {
    const priced = calcPrice({}, model, {
      providerApiUrl: origin,
      timestamp: new Date(minute * MINUTE_MS),
    });
    if (priced === null) return {};
    const { model: entry, model_price: price } = priced;
    // The data price what they do not know at 0; only of models that are called free is that true.
    const unknown = Object.keys(price).length === 0 && !entry.id.endsWith(":free");
    return { ...(unknown ? {} : { price }), ...(Array.isArray(entry.prices) ? { minute } : {}) };
  } catch {
    // A price they cannot work out is one they do not have.
    return {};
  }
}
