-- Which contact a patient is. Once linked, only a person or a merge changes it [ID-1].
CREATE TABLE people_links (
  tenant_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  patient_id text NOT NULL,
  state text NOT NULL,
  contact_id text,
  rule text,
  candidates text[] NOT NULL,
  email text,
  phone text,
  attempt_at timestamptz,
  recreated integer NOT NULL,
  decided_by uuid,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, patient_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES clinics_connections (tenant_id, id) ON DELETE CASCADE
);
CALL app.protect_tenant_table('people_links');
CREATE INDEX people_links_by_contact ON people_links (tenant_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX people_links_by_email ON people_links (tenant_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX people_links_by_phone ON people_links (tenant_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX people_links_in_review ON people_links (tenant_id, decided_at) WHERE state = 'REVIEW';
