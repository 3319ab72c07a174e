import type { Message } from "../core/chat.ts";
import type { Database, Row } from "../database/open.ts";
import { textOf as columnText, countOf } from "../database/row.ts";
import { textOf } from "./session.ts";
import { type Setup, type TurnResult, writeMessage, writeResult, writeSetup } from "./written.ts";

/** Lines that are remembered, most. */
const LINES = 1_000;

/** A session that turns are written to. It exists in the file from its first turn on. */
export interface SessionKey {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Writes the beginning of a turn, and the session where it has gone or never was. Returns the turn's id. */
export function addPrompt(
  database: Database,
  { id, name, createdAt }: SessionKey,
  { at, prompt, setup }: { readonly at: number; readonly prompt: Message; readonly setup: Setup },
): number {
  const known = ["id", "name"].flatMap((column) =>
    database.all(`SELECT id FROM sessions WHERE ${column} = ?`, column === "id" ? id : name),
  );
  // Another process may have begun one of this name meanwhile: then it is that one.
  const session = columnText(known[0] ?? {}, "id") ?? id;
  database.run(
    `INSERT INTO sessions (id, name, created_at, setup) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET setup = excluded.setup`,
    session,
    name,
    createdAt,
    writeSetup(setup),
  );
  database.run("INSERT INTO turns (session, at, prompt) VALUES (?, ?, ?)", session, at, writeMessage(prompt));
  const [row = {}] = database.all("SELECT last_insert_rowid() AS id");
  const turn = countOf(row, "id");
  database.run("INSERT INTO said (rowid, text) VALUES (?, ?)", turn, textOf(prompt));
  return turn;
}

/** Writes what became of a turn. */
export function addResult(
  database: Database,
  turn: number,
  { answer, result }: { readonly answer: Message | undefined; readonly result: TurnResult },
): void {
  const changed = database.run(
    "UPDATE turns SET answer = ?, result = ? WHERE id = ?",
    answer === undefined ? null : writeMessage(answer),
    writeResult(result),
    turn,
  );
  // Deleted meanwhile: then it stays so.
  if (changed === 0 || answer === undefined) return;
  database.run("UPDATE said SET text = text || char(10, 10) || ? WHERE rowid = ?", textOf(answer), turn);
}

/** Takes a turn back. */
export function removeTurn(database: Database, turn: number): void {
  forgetTurns(database, [{ id: turn }]);
}

/** Gives a session another name. False: there is none of that name, or the new one is taken. */
export function renameSession(database: Database, from: string, to: string): boolean {
  if (database.all("SELECT 1 FROM sessions WHERE name = ?", to).length > 0) return false;
  return database.run("UPDATE sessions SET name = ? WHERE name = ?", to, from) > 0;
}

/** Deletes sessions by name; returns how many there were. */
export function removeSessions(database: Database, names: readonly string[]): number {
  let removed = 0;
  for (const name of names) {
    forgetTurns(
      database,
      database.all(
        "SELECT t.id AS id FROM turns AS t JOIN sessions AS s ON t.session = s.id WHERE s.name = ?",
        name,
      ),
    );
    removed += database.run("DELETE FROM sessions WHERE name = ?", name);
  }
  return removed;
}

/** Deletes everything, what was typed too. */
export function removeAll(database: Database): void {
  overwriteWhatGoes(database);
  for (const table of ["sessions", "turns", "said", "lines"]) database.run(`DELETE FROM ${table}`);
}

/** Remembers a line that was typed. */
export function addLine(database: Database, text: string): void {
  database.run("INSERT INTO lines (text) VALUES (?)", text);
  database.run("DELETE FROM lines WHERE id <= (SELECT max(id) FROM lines) - ?", LINES);
}

function forgetTurns(database: Database, rows: readonly Row[]): void {
  overwriteWhatGoes(database);
  for (const row of rows) {
    database.run("DELETE FROM said WHERE rowid = ?", countOf(row, "id"));
    database.run("DELETE FROM turns WHERE id = ?", countOf(row, "id"));
  }
}

/** SQLite would leave the bytes in the file until it needs their place. */
function overwriteWhatGoes(database: Database): void {
  database.all("PRAGMA secure_delete = ON");
}
