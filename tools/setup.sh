#!/bin/sh
# Makes .venv when it is missing and installs a lock file into it, once for each content of the lock.
# Usage: sh tools/setup.sh PYTHON LOCK
set -eu
python=$1
lock=$2
stamp=.venv/installed-$lock

cmp -s "$lock" "$stamp" && .venv/bin/python -c "" 2>/dev/null && exit 0

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

command -v "$python" >/dev/null || stop "There is no $python. Dutyboard needs Python 3.11 or later: make PYTHON=/path/to/python3 ..."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "$("$python" --version) is too old: Dutyboard needs Python 3.11 or later." "Name another one: make PYTHON=python3.12 ..."

if ! .venv/bin/python -c "import pip" 2>/dev/null; then
    "$python" -c "import ensurepip, venv" 2>/dev/null ||
        stop "$python cannot make a virtual environment: its venv module is missing." "On Debian or Ubuntu: apt-get install python3-venv"
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi

echo "Installing $lock (once)"
rm -f "$stamp"
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement "$lock"
cp "$lock" "$stamp"
