#!/bin/sh
# The database and its two roles (docs/operations.md, "Roles of the database"); PostgreSQL's image runs it once.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner="$(cat "$OWNER_PASSWORD_FILE")" --set application="$(cat "$APPLICATION_PASSWORD_FILE")" <<'SQL'
CREATE ROLE billing_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE billing_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'application';
CREATE DATABASE billing OWNER billing_owner;
SQL
