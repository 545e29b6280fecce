#!/bin/sh
# Makes the role and the database of the servers, once. The role is nothing
# special: policies that keep workspaces apart do not hold for superusers, and
# a server refuses to start as one.
set -eu
psql --username "${POSTGRES_USER:-postgres}" --set ON_ERROR_STOP=1 \
  --set password="$THREADLINE_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE threadline LOGIN PASSWORD :'password';
CREATE DATABASE threadline OWNER threadline ENCODING 'UTF8' TEMPLATE template0;
SQL
