-- How often the CRM refused this contact since it was queued; waiting for its quota or for its return does not count.
ALTER TABLE crm_pushes ADD COLUMN refusals integer NOT NULL DEFAULT 0;
