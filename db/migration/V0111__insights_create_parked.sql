-- Patients whose facts could not be computed, each alone; everybody else's go on. "problem" is type and place, no values.
CREATE TABLE insights_parked (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  patient_id text NOT NULL,
  problem text NOT NULL,
  seen integer NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, patient_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('insights_parked');
CALL app.allow_sweep('insights_parked', 'tenant_id');
