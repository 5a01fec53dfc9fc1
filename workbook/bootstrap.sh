#!/bin/sh
# Runs bootstrap.py for make: with the Python that PYTHON names, or else with .venv's
# own, which is the quickest way to learn that nothing is to be done, or else with
# python3.
#
# It's a shell script since there may be no Python, or only the shim of pyenv, asdf or
# mise, which says so in its own words.
cd "${0%/*}/.." || exit

is_new_enough() {
    "$@" -I -S -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null
}

if [ -z "$PYTHON" ] && is_new_enough .venv/bin/python; then
    exec .venv/bin/python -I -S workbook/bootstrap.py "$@"
fi

PYTHON=${PYTHON:-python3}
# Without quotes: it may be two words, like `py -3`.
# shellcheck disable=SC2086
if is_new_enough $PYTHON; then
    exec $PYTHON workbook/bootstrap.py "$@"
fi

for newer in python3.14 python3.13 python3.12 python3.11 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3; do
    if is_new_enough "$newer"; then
        advice="Run: make PYTHON=$newer setup"
        break
    fi
done
echo "The workbook needs Python 3.11 or newer, and \`$PYTHON\` isn't one here." \
    "${advice:-Install one, then run: make PYTHON=python3.13 setup}" >&2
exit 1
