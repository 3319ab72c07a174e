/**
 * The shape of `sessions.db`. Times are whole milliseconds since 1970. The order of `turns.id` is that of the
 * conversation: the clock on the wall may jump.
 *
 * `said` holds the words of every turn for the search, in pieces of three letters: so it finds parts of words, and words of
 * languages that put no spaces between them.
 */
export const SESSION_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    -- JSON: who is asked, with what system text and parameters.
    setup TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- JSON: messages. The answer is NULL until it is over, and for good when none came.
    prompt TEXT NOT NULL,
    answer TEXT,
    -- JSON: who answered, and what it took. NULL until it is over.
    result TEXT
  );
  CREATE INDEX turns_of_session ON turns (session, id);

  CREATE VIRTUAL TABLE said USING fts5(text, tokenize = 'trigram');
  INSERT INTO said (said, rank) VALUES ('secure-delete', 1);

  -- What was typed at the prompt of the REPL.
  CREATE TABLE lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL
  );
  `,
];
