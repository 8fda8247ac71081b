-- The same bytes may come again once others came in between: they take back what those said. Only the latest file of a kind is
-- compared, so the index finds that one instead of forbidding the others.
DROP INDEX imports_files_same;
CREATE INDEX imports_files_latest ON imports_files (tenant_id, connection_id, kind, received_at);
