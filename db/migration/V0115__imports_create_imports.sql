-- Files a clinic handed over. Neither a file nor its name is kept: only its rows, sealed, without the columns nobody may keep,
-- until they are taken; and what came of it.
CREATE TABLE imports_files (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  sha256 bytea NOT NULL,
  as_of timestamptz NOT NULL,
  complete boolean NOT NULL,
  removals_confirmed boolean NOT NULL,
  state text NOT NULL,
  code text,
  received_at timestamptz NOT NULL,
  finished_at timestamptz,
  rows integer NOT NULL DEFAULT 0,
  accepted integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  removed integer NOT NULL DEFAULT 0,
  flaws jsonb NOT NULL DEFAULT '[]',
  attempts integer NOT NULL DEFAULT 0,
  claimed_until timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CALL app.protect_tenant_table('imports_files');
CALL app.allow_sweep('imports_files', 'tenant_id, state, received_at, claimed_until');
-- The same bytes twice are a mistake, unless the first time nothing came of them.
CREATE UNIQUE INDEX imports_files_same ON imports_files (tenant_id, connection_id, kind, sha256)
  WHERE state NOT IN ('RECEIVING', 'FAILED');
CREATE INDEX imports_files_waiting ON imports_files (tenant_id, as_of) WHERE state IN ('RECEIVING', 'QUEUED', 'RUNNING', 'MAPPING_NEEDED');

CREATE TABLE imports_file_parts (
  tenant_id uuid NOT NULL,
  file_id uuid NOT NULL,
  part integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (tenant_id, file_id, part),
  FOREIGN KEY (tenant_id, file_id) REFERENCES imports_files (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('imports_file_parts');

-- Which column of a clinic's files holds what, where it is not called as usual.
CREATE TABLE imports_mappings (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  kind text NOT NULL,
  columns jsonb NOT NULL,
  dates text,
  times text,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, kind),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('imports_mappings');

-- What the files told, record by record: the "EMR" that a connection without an interface is read from. A change moves a row to
-- the end of the order, so that readers who go by position miss none.
CREATE SEQUENCE imports_positions;
GRANT USAGE ON SEQUENCE imports_positions TO clinicsync_app;
CREATE TABLE imports_rows (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  kind text NOT NULL,
  id text NOT NULL,
  position bigint NOT NULL DEFAULT nextval('imports_positions'),
  learnt_at timestamptz NOT NULL,
  as_of timestamptz NOT NULL,
  removed_at timestamptz,
  patient_id text,
  takes_place_at timestamptz,
  moved_from text,
  problem text,
  sealed bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, kind, id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('imports_rows');
CREATE INDEX imports_rows_order ON imports_rows (tenant_id, connection_id, kind, position);

-- How old the newest file is that told of a kind of record.
CREATE TABLE imports_kinds (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  kind text NOT NULL,
  as_of timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, kind),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('imports_kinds');

-- Who treats what where, by the names in files; blank where a row names none.
CREATE TABLE imports_named (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  practitioner text NOT NULL,
  treatment text NOT NULL,
  site text NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, practitioner, treatment, site),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('imports_named');
