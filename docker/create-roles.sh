#!/bin/sh
# Runs once, when the database is made: the owner of the tables, and the application role that row-level security binds.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres \
    -v app_password="$TRAO_APP_PASSWORD" -v owner_password="$TRAO_OWNER_PASSWORD" <<'SQL'
CREATE ROLE trao_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE CREATEDB PASSWORD :'owner_password';
CREATE ROLE trao_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE trao OWNER trao_owner;
SQL
