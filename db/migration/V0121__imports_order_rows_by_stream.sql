-- One value for connection and kind in the index of the order of changes. With the index on those two, a planner that knows
-- nothing yet of a large file's rows looked each of them up there and read all that is before it.
ALTER TABLE imports_rows ADD COLUMN stream uuid NOT NULL
  GENERATED ALWAYS AS (md5(connection_id::text || ':' || kind)::uuid) STORED;
DROP INDEX imports_rows_order;
CREATE INDEX imports_rows_order ON imports_rows (stream, position);
