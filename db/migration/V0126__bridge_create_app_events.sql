-- What GoHighLevel's signed app webhooks told: ids only, never their bodies. Kept for seven days, so that a repeated
-- delivery is known again [R38].
CREATE TABLE bridge_events (
  tenant_id uuid NOT NULL,
  webhook_id text NOT NULL,
  kind text NOT NULL,                -- APPOINTMENT, CONTACT_GONE, INSTALLED, UNINSTALLED
  location_id text NOT NULL,
  subject_id text,                   -- the appointment or contact it speaks of
  calendar_id text,
  told_at timestamptz,               -- when GoHighLevel says it told
  received_at timestamptz NOT NULL,
  state text NOT NULL,               -- WAITING, DONE, GIVEN_UP
  attempts integer NOT NULL,         -- whose it is: rises with every claim
  not_before timestamptz,
  claimed_until timestamptz,
  code text,                         -- what it came to
  PRIMARY KEY (tenant_id, webhook_id),
  FOREIGN KEY (tenant_id) REFERENCES clinics (id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CALL app.protect_tenant_table('bridge_events');
CALL app.allow_sweep('bridge_events', 'tenant_id, state, not_before, claimed_until');
CREATE INDEX bridge_events_waiting ON bridge_events (tenant_id, received_at) WHERE state = 'WAITING';
CREATE INDEX bridge_events_old ON bridge_events (tenant_id, received_at) WHERE state <> 'WAITING';
