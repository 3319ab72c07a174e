import type { Message, Part } from "../core/chat.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Setup, TurnResult } from "./written.ts";

/** A prompt and what became of it. */
export interface Turn {
  /** Of the file it is kept in. */
  readonly id?: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly prompt: Message;
  /** Absent while there is none, and when none came. One that broke off holds what had come. */
  readonly answer?: Message | undefined;
  /** Absent until the run is over. */
  readonly result?: TurnResult | undefined;
}

/** A saved conversation, in short. */
export interface SessionHead {
  readonly id: string;
  readonly name: string;
  /** The beginning of its first prompt. */
  readonly title: string;
  /** Milliseconds since 1970, of the beginning and of the last prompt. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly turns: number;
  readonly setup: Setup;
}

/** A saved conversation. */
export interface Session extends SessionHead {
  readonly log: readonly Turn[];
}

/** Where something was said. */
export interface Match {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The words around it. */
  readonly excerpt: string;
}

/** What of a run's outcome is kept with its turn. */
export function resultOf(outcome: Outcome): TurnResult {
  const { requestId, profile, backend, backendType, degraded, chainLog, finishReason, usage } = outcome;
  const { costUsd, durationMs, error } = outcome;
  return {
    requestId,
    profile,
    member: outcome.answeringMember,
    backend,
    backendType,
    model: outcome.actualModel,
    degraded,
    chainLog: [...chainLog],
    finishReason,
    usage,
    costUsd,
    firstContentMs: outcome.attempts.findLast(({ firstContentMs }) => firstContentMs !== undefined)
      ?.firstContentMs,
    durationMs,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}

/**
 * The messages to go on from: every turn that has an answer, so that those who speak take turns. Left out are prompts that
 * nobody answered, calls of tools, which would want a result, and reasoning that nobody signed: no provider wants it back.
 */
export function messagesOf(log: readonly Turn[]): readonly Message[] {
  return log.flatMap(({ prompt, answer }) => {
    const parts = answer?.parts.filter(goesOn) ?? [];
    if (!parts.some(({ type }) => type === "text")) return [];
    const said: Message = { role: "assistant", parts };
    return [prompt, said];
  });
}

function goesOn(part: Part): boolean {
  return part.type === "text" || (part.type === "reasoning" && part.proof !== undefined);
}

/** The text of a message: what stands in it beside images and tool calls. */
export function textOf(message: Message): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}
