#!/bin/bash
# Restores the billing database to a moment, from pgBackRest's repository: `restore.sh '2026-11-30 14:05:00+00'`, or
# `restore.sh newest`. To be run as the account of PostgreSQL, while neither PostgreSQL nor any process of the service
# runs. It changes files only; PostgreSQL recovers when it is started next. docs/operations.md says what follows.
#
# STANZA (billing), PGDATA (what the stanza says), PG_BIN (/usr/lib/postgresql/15/bin), PGBACKREST_CONFIG (its default).
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

[ $# = 1 ] || fail "Say to which moment: restore.sh '2026-11-30 14:05:00+00', or restore.sh newest."
target=$1
stanza=${STANZA:-billing}
bin=${PG_BIN:-/usr/lib/postgresql/15/bin}
data=${PGDATA:-/var/lib/postgresql/15/main}

if [ "$target" != newest ]; then
    seconds=$(date -d "$target" +%s) || fail "$target isn't a time. Write it with its offset: 2026-11-30 14:05:00+00."
    [[ $target =~ (Z|UTC|[+-][0-9][0-9](:?[0-9][0-9])?)$ ]] || fail "$target has no offset from UTC: append +00, for example."
    [ "$seconds" -le "$(date +%s)" ] || fail "$target is still to come."
fi
command -v pgbackrest >/dev/null || fail "pgbackrest isn't installed: apt-get install pgbackrest."
[ "$(id -u)" != 0 ] || fail "Run this as the account of PostgreSQL (sudo -u postgres …), not as root."
if "$bin/pg_ctl" status -D "$data" >/dev/null 2>&1; then
    fail "PostgreSQL runs on $data. Stop it first, with every process of the service."
fi

# What was written since the last segment was archived is only here, if the disk is.
saved=
if [ -d "$data/pg_wal" ] && [ -n "$(ls "$data/pg_wal")" ]; then
    saved=$(mktemp -d "${data%/}.wal-XXXXXX")
    cp -p "$data"/pg_wal/[0-9A-F]*[0-9A-F] "$saved"/ 2>/dev/null || true
    say "Write-ahead log that wasn't archived yet is saved in $saved."
fi

rm -f "$data/postmaster.pid"
if [ "$target" = newest ]; then
    how=(--type=default)
else
    how=(--type=time "--target=$target" --target-action=promote)
fi
say "Restoring $data to $target …"
pgbackrest ${PGBACKREST_CONFIG:+--config="$PGBACKREST_CONFIG"} --stanza="$stanza" --delta "${how[@]}" restore

if [ -n "$saved" ]; then
    cp -pn "$saved"/* "$data/pg_wal/" 2>/dev/null || true
fi
say "Done. Start PostgreSQL: it recovers up to $target and then takes writes. Then, before people come back:"
say "  flask ledger check && flask stripe reconcile --since …   (docs/operations.md, Restoring)"
say "Remove $saved once all is well."
