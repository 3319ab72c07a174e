import type { Answer } from "../../../src/mock/answer.ts";
import type { Step } from "../../../src/mock/step.ts";
import type { Ended } from "../support/program.ts";

/** One fault of a backend, how it is set up, and what a user has to see of it. */
export interface Row {
  /** Its place in the catalogue of upstream faults: `U6`, or `U4 U94` where one run shows both. */
  readonly id: string;
  /** In words. */
  readonly fault: string;
  /** What `nexus mock` does, request by request; or a peer for what no HTTP server can do. */
  readonly peer: string | readonly Step[] | Special;
  /** What the backend says when nothing is wrong. Default: `Hello there.` */
  readonly answer?: string | Answer;
  /** `timeouts` of the backend's record, short where the fault is silence. */
  readonly timeouts?: object;
  /** False: the answer is asked for in one piece. */
  readonly stream?: false;
  /** A prompt of so many megabytes, on standard input. */
  readonly promptMb?: number;
  /** Settings of the failover profile. */
  readonly settings?: object;
  /** Further arguments of `nexus chat`. */
  readonly args?: readonly string[];
  readonly ends: Failed | BrokeOff | Answered;
}

/** The fault struck before the first content: the next member answers, or the caller is told at once. */
export interface Failed {
  readonly phase: "pre";
  /** The member's chain-log entry, without its name. */
  readonly chain: string | RegExp;
  /** Exit code of a run over this member alone. */
  readonly exit: 4 | 5 | 6;
  /** True: the chain stops here, as the next member would fail like this one. */
  readonly stops?: true;
  /** Requests, or connections where there is no HTTP, that reach the member in one run. Default 1. */
  readonly reached?: number;
  /** What the run over this member alone says on standard error, beyond the chain. */
  readonly says?: RegExp;
}

/** The fault struck after content: what had come stays, nothing is asked again, exit 7. */
export interface BrokeOff {
  readonly phase: "post";
  readonly chain: string | RegExp;
  /** What had come. */
  readonly text: string | RegExp;
}

/** No fault after all: the answer is there. */
export interface Answered {
  readonly phase: "good";
  /** Standard output, without the last newline. */
  readonly text: string | RegExp;
  /** Requests that reach the member. Default 1. */
  readonly reached?: number;
  /** What is said on standard error besides. */
  readonly says?: RegExp;
}

/** What was seen of one row. */
export interface Runs {
  /** Over a failover profile of the faulty member and a good one. */
  readonly paired: Seen;
  /** Over the faulty member alone; only where the fault strikes before the first content. */
  readonly alone?: Seen;
}

/** What was seen of one run. */
export interface Seen extends Ended {
  /** The chain log as printed. */
  readonly chain: string;
  /** Requests that reached the faulty member. */
  readonly reached: number;
}

/** A peer that is no scripted backend. */
export interface Special {
  /** For the page: how somebody sets it up by hand. */
  readonly how: string;
  open(): Promise<Peer>;
}

/** One that is running. */
export interface Peer {
  /** Address of the backend. */
  readonly url: string;
  /** Variables of the program that is to reach it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Requests so far, or connections where there are none. */
  reached(): number;
  close(): Promise<void>;
}

/** Whether a row's peer is a special one. */
export function isSpecial(peer: Row["peer"]): peer is Special {
  return typeof peer === "object" && "open" in peer;
}
