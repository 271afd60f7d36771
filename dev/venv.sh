#!/bin/sh
# Makes .venv with Python 3.11 or newer, once. Says what to install where that can't be done.
set -eu

if .venv/bin/python -c 'import pip' 2>/dev/null; then
    exit 0
fi

for python in "${PYTHON:-python3.11}" python3 python3.12 python3.13 python3.14; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        found=$python
        break
    fi
done

if [ -z "${found:-}" ]; then
    echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv" >&2
    exit 1
fi

if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Python's venv module is missing: apt-get install python$version-venv" >&2
    exit 1
fi

echo "Making .venv …"
"$found" -m venv --clear .venv
