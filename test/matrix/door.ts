import type { JsonObject } from "../../src/core/json.ts";
import type { RunningServer } from "../e2e/support/server.ts";
import type { Workspace } from "../e2e/support/workspace.ts";
import type { FeatureName } from "./features.ts";

/** What a client got, whatever its language. */
export interface Read {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[];
  readonly stop: "stop" | "length" | "tool-calls" | undefined;
  readonly usage: { readonly input: number; readonly output: number } | undefined;
  /** HTTP status. */
  readonly status: number;
  /** The message of an error, or of one that ended a stream. */
  readonly error: string;
  /** A stream that ended without its terminal event. */
  readonly broken: boolean;
}

/** How a feature is asked for. */
export interface Asked {
  /** Everything but the model and whether to stream. */
  readonly body: JsonObject;
  /** Name under which the feature is told where it is left out. */
  readonly field?: string;
}

/** Where clients find the program: a server of it, and the workspace that the server runs in. */
export interface Way {
  readonly server: RunningServer;
  readonly space: Workspace;
}

/** One way in, as a client of its language uses it. */
export interface MatrixDoor {
  /** Heads its table: `OpenAI chat`. */
  readonly name: string;
  /** How each feature is asked for; `"no words"` where the client's language has none for it. */
  readonly asks: Readonly<Record<FeatureName, Asked | "no words">>;
  send(way: Way, model: string, body: JsonObject, stream: boolean): Promise<Response>;
  /** What an answer says, put together where it came as a stream. Nothing of `Read` that it cannot tell. */
  read(text: string, stream: boolean): Omit<Read, "status">;
}

/** An answer of which nothing has been read yet. */
export const NOTHING_READ: Omit<Read, "status"> = {
  text: "",
  reasoning: "",
  calls: [],
  stop: undefined,
  usage: undefined,
  error: "",
  broken: false,
};
