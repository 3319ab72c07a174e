import { oneLine } from "../core/text.ts";
import type { Database, Row } from "../database/open.ts";
import { textOf as columnText, countOf } from "../database/row.ts";
import { type Match, type Session, type SessionHead, type Turn, textOf } from "./session.ts";
import { readMessage, readResult, readSetup } from "./written.ts";

/** Longest title, in characters. */
const TITLE = 60;
/** About how many characters stand around what was found. */
const EXCERPT = 60;

const HEADS = `
  SELECT s.id, s.name, s.created_at, s.setup, count(t.id) AS turns, max(t.at) AS updated_at, max(t.id) AS last,
    (SELECT prompt FROM turns WHERE session = s.id ORDER BY id LIMIT 1) AS first
  FROM sessions AS s JOIN turns AS t ON t.session = s.id`;

/** Every session that has a turn, the one that was continued last first. */
export function readHeads(database: Database, limit: number): readonly SessionHead[] {
  return database.all(`${HEADS} GROUP BY s.id ORDER BY last DESC LIMIT ?`, limit).map(headOf);
}

/** The session of this name; without one, the one that was continued last. */
export function readSession(database: Database, name: string | undefined): Session | undefined {
  const [row] =
    name === undefined
      ? database.all(`${HEADS} GROUP BY s.id ORDER BY last DESC LIMIT 1`)
      : database.all(`${HEADS} WHERE s.name = ? GROUP BY s.id`, name);
  if (row === undefined) return undefined;
  const head = headOf(row);
  const log = database.all("SELECT * FROM turns WHERE session = ? ORDER BY id", head.id).flatMap(turnOf);
  return { ...head, log };
}

/** Where all of these words were said in one turn, in capital letters or not, the latest first. */
export function findWords(database: Database, words: readonly string[], limit: number): readonly Match[] {
  // Pieces of three letters cannot be looked up with fewer.
  const long = words.filter((word) => [...word].length > 2);
  const short = words.filter((word) => [...word].length < 3);
  const query = long.map((word) => `"${word.replaceAll('"', '""')}"`).join(" ");
  const conditions = [
    ...(long.length === 0 ? [] : ["said MATCH ?"]),
    ...short.map(() => "instr(lower(text), ?) > 0"),
  ];
  const rows = database.all(
    `SELECT s.name, t.at, ${long.length === 0 ? "text" : `snippet(said, 0, '', '', '…', ${EXCERPT})`} AS excerpt
     FROM said JOIN turns AS t ON t.id = said.rowid JOIN sessions AS s ON s.id = t.session
     WHERE ${conditions.join(" AND ")} ORDER BY t.id DESC LIMIT ?`,
    ...(long.length === 0 ? [] : [query]),
    ...short.map((word) => word.toLowerCase()),
    limit,
  );
  return rows.map((row) => ({
    name: columnText(row, "name") ?? "",
    at: countOf(row, "at"),
    excerpt: oneLine(columnText(row, "excerpt") ?? "", 2 * EXCERPT),
  }));
}

/** What was typed last, the oldest first. */
export function readLines(database: Database, limit: number): readonly string[] {
  const rows = database.all("SELECT text FROM lines ORDER BY id DESC LIMIT ?", limit);
  return rows.map((row) => columnText(row, "text") ?? "").toReversed();
}

function headOf(row: Row): SessionHead {
  const first = readMessage(columnText(row, "first"));
  return {
    id: columnText(row, "id") ?? "",
    name: columnText(row, "name") ?? "",
    title: first === undefined ? "" : oneLine(textOf(first), TITLE),
    createdAt: countOf(row, "created_at"),
    updatedAt: countOf(row, "updated_at"),
    turns: countOf(row, "turns"),
    setup: readSetup(columnText(row, "setup")),
  };
}

/** A turn whose prompt cannot be read is none. */
function turnOf(row: Row): readonly Turn[] {
  const prompt = readMessage(columnText(row, "prompt"));
  if (prompt === undefined) return [];
  return [
    {
      id: countOf(row, "id"),
      at: countOf(row, "at"),
      prompt,
      answer: readMessage(columnText(row, "answer")),
      result: readResult(columnText(row, "result")),
    },
  ];
}
