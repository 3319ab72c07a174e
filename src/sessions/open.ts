import { join } from "node:path";
import type { Message } from "../core/chat.ts";
import { Problem } from "../core/problem.ts";
import { guardDatabase } from "../database/guard.ts";
import type { Database } from "../database/open.ts";
import { identityOf } from "../database/set-aside.ts";
import { findWords, readHeads, readLines, readSession } from "./read.ts";
import { SESSION_MIGRATIONS } from "./schema.ts";
import type { Match, Session, SessionHead } from "./session.ts";
import {
  addLine,
  addPrompt,
  addResult,
  removeAll,
  removeSessions,
  removeTurn,
  renameSession,
  type SessionKey,
} from "./write.ts";
import type { Setup, TurnResult } from "./written.ts";

/**
 * The conversations of all processes of this user, in `sessions.db`. Every question throws a `Problem` when the file
 * cannot be read. What cannot be written is lost, with one warning; `rename` and `remove` throw a `Problem` instead.
 */
export interface Sessions {
  /** Those that were continued last come first. */
  list(limit: number): Promise<readonly SessionHead[]>;
  /** The session of this name; without one, the one that was continued last. */
  find(name?: string): Promise<Session | undefined>;
  /** Where all of these words were said in one turn. */
  search(words: readonly string[], limit: number): Promise<readonly Match[]>;
  /** What was typed last, the oldest first. */
  lines(limit: number): Promise<readonly string[]>;

  /** Writes a prompt before it is sent. Returns what `addResult` wants; undefined when it could not be written. */
  addPrompt(
    session: SessionKey,
    begun: { readonly at: number; readonly prompt: Message; readonly setup: Setup },
  ): Promise<number | undefined>;
  addResult(
    turn: number,
    ended: { readonly answer: Message | undefined; readonly result: TurnResult },
  ): Promise<void>;
  /** Takes a turn back. */
  removeTurn(turn: number): Promise<void>;
  addLine(text: string): Promise<void>;

  /** False: there is none of that name, or the new one is taken. */
  rename(from: string, to: string): Promise<boolean>;
  /** Deletes these, or all and what was typed too; returns how many sessions there were. */
  remove(names: readonly string[] | "all"): Promise<number>;
  close(): Promise<void>;
}

/** Opens `sessions.db` with the first question or record; makes none only to look into it. */
export function openSessions(stateDir: string, warn: (text: string) => void): Sessions {
  const file = join(stateDir, "sessions.db");
  const told: string[] = [];
  const database = guardDatabase(
    { file, migrations: SESSION_MIGRATIONS, durable: true, consequence: "conversations are not kept" },
    { warn: (text) => told.push(text), wallTime: () => new Date() },
  );
  const tell = (): void => {
    for (const text of told.splice(0)) warn(text);
  };
  const refuse = (): never => {
    throw new Problem(
      "config",
      "sessions_unreadable",
      told.splice(0).join("; ") || `${file}: cannot be used`,
    );
  };
  const read = async <T>(none: T, work: (open: Database) => T): Promise<T> => {
    if (identityOf(file) === undefined) return none;
    const done = await database.read((open) => open.snapshot(() => work(open)));
    if (done.lost) return refuse();
    tell();
    return done.value;
  };
  const write = async <T>(work: (open: Database) => T): Promise<T | undefined> => {
    const done = await database.write(work);
    tell();
    return done.lost ? undefined : done.value;
  };
  const change = async <T>(work: (open: Database) => T): Promise<T> => {
    const done = await database.write(work);
    if (done.lost) return refuse();
    tell();
    return done.value;
  };
  return {
    list: (limit) => read<readonly SessionHead[]>([], (open) => readHeads(open, limit)),
    find: (name) => read<Session | undefined>(undefined, (open) => readSession(open, name)),
    search: (words, limit) => read<readonly Match[]>([], (open) => findWords(open, words, limit)),
    lines: (limit) => read<readonly string[]>([], (open) => readLines(open, limit)),
    addPrompt: (session, begun) => write((open) => addPrompt(open, session, begun)),
    addResult: (turn, ended) => write((open) => addResult(open, turn, ended)),
    removeTurn: (turn) => write((open) => removeTurn(open, turn)),
    addLine: (text) => write((open) => addLine(open, text)),
    rename: (from, to) => change((open) => renameSession(open, from, to)),
    remove: async (names) => {
      const removed = await change((open) => {
        if (names !== "all") return removeSessions(open, names);
        const all = readHeads(open, -1).length;
        removeAll(open);
        return all;
      });
      // Until then the log beside the file holds the words.
      await database.read((open) => open.all("PRAGMA wal_checkpoint(TRUNCATE)"));
      return removed;
    },
    close: () => database.close(),
  };
}
