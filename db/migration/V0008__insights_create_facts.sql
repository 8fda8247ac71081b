-- What we derive of each patient. "due_at" is the next moment at which it changes by the clock alone.
CREATE TABLE insights_facts (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  patient_id text NOT NULL,
  facts jsonb NOT NULL,
  hash text NOT NULL,
  due_at timestamptz,
  computed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, patient_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CALL app.protect_tenant_table('insights_facts');
CREATE INDEX insights_facts_by_due ON insights_facts (tenant_id, due_at) WHERE due_at IS NOT NULL;
CALL app.allow_sweep('insights_facts', 'tenant_id, due_at');
