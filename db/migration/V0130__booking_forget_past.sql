-- What is past is deleted: attempts, the ids appointments were known by, and holds that nobody let go.
-- The moment an id was last named decides; so far it was written only when the id was kept.
ALTER TABLE booking_other_ids RENAME COLUMN kept_at TO named_at;
CREATE INDEX booking_other_ids_by_naming ON booking_other_ids (named_at);
CALL app.allow_sweep('booking_other_ids', 'tenant_id, named_at');

-- An attempt that is done changes no more: its last change is when it ended. The greater of two moments is never null.
CREATE INDEX booking_attempts_past ON booking_attempts ((greatest(updated_at, ends_at)), tenant_id) WHERE state = 'DONE';
GRANT SELECT (updated_at, ends_at) ON booking_attempts TO clinicsync_system;

CALL app.allow_sweep('booking_holds', 'tenant_id, expires_at');
CALL app.allow_sweep('booking_kept_times', 'tenant_id, expires_at');
