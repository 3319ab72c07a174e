/**
 * The shape of `history.db`. Times are whole milliseconds, NULL is unknown. `requests.id` is the order of insertion: the
 * clock on the wall may jump.
 *
 * `tallies` sum up the attempts of each quarter of an hour, so that a million requests are counted within a second; days
 * of every time zone begin on one. They are kept in the transaction that writes the attempts.
 */
export const HISTORY_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    door TEXT NOT NULL,
    -- What was asked for: one of the two.
    profile TEXT,
    model TEXT,
    primary_model TEXT,
    primary_member TEXT,
    answering_member TEXT,
    backend TEXT,
    backend_type TEXT,
    actual_model TEXT,
    fallback_used INTEGER NOT NULL,
    degraded INTEGER NOT NULL,
    finish_reason TEXT,
    duration_ms INTEGER NOT NULL,
    input INTEGER,
    cache_read INTEGER,
    cache_write INTEGER,
    output INTEGER,
    reasoning INTEGER,
    estimated INTEGER,
    cost_usd REAL,
    -- A JSON array.
    chain_log TEXT NOT NULL,
    error_name TEXT,
    error_code TEXT,
    error_message TEXT,
    retryable INTEGER,
    retry_after_ms INTEGER
  );
  CREATE INDEX requests_by_request_id ON requests (request_id);
  CREATE INDEX requests_by_at ON requests (at);

  CREATE TABLE attempts (
    request INTEGER NOT NULL REFERENCES requests,
    number INTEGER NOT NULL,
    member TEXT NOT NULL,
    backend TEXT NOT NULL,
    model TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    message TEXT,
    code TEXT,
    wait_ms INTEGER NOT NULL,
    first_content_ms INTEGER,
    duration_ms INTEGER NOT NULL,
    input INTEGER,
    cache_read INTEGER,
    cache_write INTEGER,
    output INTEGER,
    reasoning INTEGER,
    estimated INTEGER,
    cost_usd REAL,
    skip_reason TEXT,
    chain TEXT NOT NULL,
    PRIMARY KEY (request, number)
  ) WITHOUT ROWID;

  -- What one attempt adds to a tally. Requests first: they are few where a time is asked for.
  CREATE VIEW measured AS SELECT
    r.id AS request, a.number AS number, r.at AS at, r.at / 900000 AS slot,
    coalesce(r.profile, '') AS profile, a.member AS member, a.backend AS backend, a.model AS model,
    a.outcome = 'success' AS answered,
    a.outcome <> 'skipped' AS attempts,
    a.outcome NOT IN ('success', 'skipped', 'aborted') AS failures,
    a.outcome = 'aborted' AS aborted,
    a.outcome = 'skipped' AS skips,
    a.input IS NOT NULL AS metered,
    coalesce(a.input + a.cache_read + a.cache_write, 0) AS input_tokens,
    coalesce(a.output + a.reasoning, 0) AS output_tokens,
    coalesce(a.estimated, 0) AS estimated,
    a.cost_usd IS NOT NULL AS priced,
    coalesce(a.cost_usd, 0.0) AS cost_usd,
    a.outcome = 'success' AND a.first_content_ms IS NOT NULL AS first_contents,
    CASE a.outcome WHEN 'success' THEN coalesce(a.first_content_ms, 0) ELSE 0 END AS first_content_ms,
    CASE a.outcome WHEN 'success' THEN a.duration_ms ELSE 0 END AS duration_ms,
    CASE a.outcome WHEN 'skipped' THEN 0 ELSE r.id END AS last_request
  FROM requests AS r CROSS JOIN attempts AS a ON a.request = r.id;

  CREATE TABLE tallies (
    slot INTEGER NOT NULL,
    profile TEXT NOT NULL,
    member TEXT NOT NULL,
    backend TEXT NOT NULL,
    model TEXT NOT NULL,
    answered INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    aborted INTEGER NOT NULL,
    skips INTEGER NOT NULL,
    metered INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    priced INTEGER NOT NULL,
    cost_usd REAL NOT NULL,
    first_contents INTEGER NOT NULL,
    first_content_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    last_request INTEGER NOT NULL,
    PRIMARY KEY (slot, profile, member, backend, model)
  ) WITHOUT ROWID;

  CREATE TRIGGER tally AFTER INSERT ON attempts BEGIN
    INSERT INTO tallies
    SELECT slot, profile, member, backend, model, answered, attempts, failures, aborted, skips, metered, input_tokens,
      output_tokens, estimated, priced, cost_usd, first_contents, first_content_ms, duration_ms, last_request
    FROM measured WHERE request = NEW.request AND number = NEW.number
    ON CONFLICT DO UPDATE SET
      answered = answered + excluded.answered,
      attempts = attempts + excluded.attempts,
      failures = failures + excluded.failures,
      aborted = aborted + excluded.aborted,
      skips = skips + excluded.skips,
      metered = metered + excluded.metered,
      input_tokens = input_tokens + excluded.input_tokens,
      output_tokens = output_tokens + excluded.output_tokens,
      estimated = estimated + excluded.estimated,
      priced = priced + excluded.priced,
      cost_usd = cost_usd + excluded.cost_usd,
      first_contents = first_contents + excluded.first_contents,
      first_content_ms = first_content_ms + excluded.first_content_ms,
      duration_ms = duration_ms + excluded.duration_ms,
      last_request = max(last_request, excluded.last_request);
  END;
  `,
  "ALTER TABLE requests ADD COLUMN route_reason TEXT",
  // A sum for all that are written together costs a fraction of one for each. And ids are random: an index by them had a
  // page to write for each request, while reading a million of them in the order of time takes a tenth of a second.
  `
  DROP TRIGGER tally;
  DROP INDEX requests_by_request_id;
  DROP INDEX requests_by_at;
  CREATE INDEX requests_by_at ON requests (at, request_id);
  `,
];

/** Adds one tally to what its slot, profile, member, backend and model have already: twenty values, in the columns' order. */
export const ADD_TO_TALLIES = `
  INSERT INTO tallies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    answered = answered + excluded.answered,
    attempts = attempts + excluded.attempts,
    failures = failures + excluded.failures,
    aborted = aborted + excluded.aborted,
    skips = skips + excluded.skips,
    metered = metered + excluded.metered,
    input_tokens = input_tokens + excluded.input_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    estimated = estimated + excluded.estimated,
    priced = priced + excluded.priced,
    cost_usd = cost_usd + excluded.cost_usd,
    first_contents = first_contents + excluded.first_contents,
    first_content_ms = first_content_ms + excluded.first_content_ms,
    duration_ms = duration_ms + excluded.duration_ms,
    last_request = max(last_request, excluded.last_request)`;
