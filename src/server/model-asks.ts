import type { AskedAt, DoorAsk } from "../dialects/dialect.ts";
import { DOORS } from "../dialects/doors.ts";
import type { ReadBody } from "./bodies.ts";
import { answerChat, type ChatDeps } from "./chat.ts";
import type { Exchange, Fate, Tell } from "./exchange.ts";
import type { Gate } from "./gate.ts";
import { BUG, sendBack, writeBad } from "./refusals.ts";
import type { Route } from "./routes.ts";
import type { UnderWay } from "./under-way.ts";

/** What requests to models stand on. */
export interface ModelAskDeps extends ChatDeps {
  readonly gate: Gate;
  readonly underWay: UnderWay;
  readonly readBody: ReadBody;
  readonly tell: Tell;
}

/** The routes by which models are asked. */
export function modelRoutes(deps: ModelAskDeps): readonly Route[] {
  const { gate, underWay } = deps;
  return DOORS.flatMap((door) =>
    door.asks.map((ask) => ({
      methods: ["POST"] as const,
      path: ask.path,
      door,
      answer(exchange: Exchange, at: AskedAt) {
        const refused = gate.refuses(exchange.request.headers, underWay.size);
        if (refused === undefined) begin(exchange, ask, at, deps);
        else sendBack(exchange, refused);
      },
    })),
  );
}

function begin(exchange: Exchange, ask: DoorAsk, at: AskedAt, deps: ModelAskDeps): void {
  const { response } = exchange;
  // Told below.
  exchange.fate = undefined;
  const passage = deps.underWay.begin(response);
  const over = (fate: Fate) => {
    // What is written has yet to be read: somebody who reads nothing is cut off.
    if (response.writableLength > 0) response.setTimeout(deps.stalledMs);
    passage.whenOver((whole) => deps.tell(exchange, fate, whole));
  };
  const broken = (bug: unknown) => {
    passage.breakOff();
    if (response.headersSent) response.destroy();
    else writeBad(exchange, BUG);
    over({ bug });
  };
  deps.readBody(exchange, (body) => {
    if (body.ok) {
      void answerChat(exchange, { ask, at, body: body.bytes }, passage, deps).then(over, broken);
    } else {
      if (!response.destroyed) writeBad(exchange, body);
      over({ refused: body.code });
    }
  });
}
