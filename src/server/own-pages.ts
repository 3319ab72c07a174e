import type { Soon } from "../core/soon.ts";
import type { AskedAt, BadRequest, WireAnswer } from "../dialects/dialect.ts";
import { type Exchange, writePage } from "./exchange.ts";
import { sendBack, sendBug } from "./refusals.ts";
import type { Route } from "./routes.ts";

/** Something that is answered without a model. */
export type Page = (exchange: Exchange, at: AskedAt) => Soon<WireAnswer | BadRequest>;

/** A page that is read, or that takes a question in its body. */
export function pageRoute(method: "GET" | "POST", path: string, page: Page): Route {
  return {
    methods: method === "GET" ? ["GET", "HEAD"] : ["POST"],
    path,
    answer: (exchange, at) => void show(page, exchange, at),
  };
}

async function show(page: Page, exchange: Exchange, at: AskedAt): Promise<void> {
  try {
    const answer = await page(exchange, at);
    if ("ok" in answer) sendBack(exchange, answer);
    else writePage(exchange, answer);
  } catch (error) {
    sendBug(exchange, error);
  }
}

/** A value as JSON. */
export function json(value: object, status = 200): WireAnswer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** A text as it stands. */
export function text(body: string, type = "text/plain; charset=utf-8"): WireAnswer {
  return { status: 200, headers: { "content-type": type }, body };
}
