#!/bin/bash
# Runs once, in a new database container, after roles.sql.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
  -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" -v system="$SYSTEM_PASSWORD" -v db="$POSTGRES_DB" <<'SQL'
ALTER ROLE clinicsync_owner PASSWORD :'owner';
ALTER ROLE clinicsync_app PASSWORD :'app';
ALTER ROLE clinicsync_system PASSWORD :'system';
ALTER DATABASE :"db" OWNER TO clinicsync_owner;
SQL
