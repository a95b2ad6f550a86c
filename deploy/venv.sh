#!/bin/sh
# Makes .venv from a hash-locked list: `deploy/venv.sh requirements-embedded.lock`. Instant when that was done already.
# Called by the Makefile; needs Python >= 3.11 and nothing else.
set -eu
lock=$1
stamp=.venv/$(basename "$lock")

fail() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
}

if cmp -s "$lock" "$stamp"; then
    exit 0
fi
# The list for tests holds everything that the stack needs.
if [ "$lock" = requirements-embedded.lock ] && cmp -s requirements-dev.lock .venv/requirements-dev.lock; then
    exit 0
fi

if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    [ -n "$python" ] ||
        fail "Paygate needs Python 3.11 or newer and found $(python3 --version 2>/dev/null || echo none): install one."
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv .venv >/dev/null 2>&1 || {
        rm -rf .venv
        fail "$python cannot make a virtual environment: install its venv module (on Debian and Ubuntu: apt install python3-venv)."
    }
fi

began=$(date +%s)
echo "Installing the packages of $lock into .venv (once; about half a minute)"
# Byte code is compiled when a module is first used, which is sooner than compiling every module of every package now.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r "$lock" || {
    fail "The packages of $lock could not be installed: read what pip says above, mind the network and its proxy settings, then run the same command again."
}
cp "$lock" "$stamp"
echo "Packages installed in $(($(date +%s) - began)) s"
