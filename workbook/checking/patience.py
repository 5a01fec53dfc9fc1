"""How long we wait for an app that may never answer.

Generous for a slow hash on a busy machine, short for a person who waits. On a machine
that is slower still, the environment variable WORKBOOK_PATIENCE stretches all of them.
"""

import os

FACTOR = float(os.environ.get("WORKBOOK_PATIENCE", "1"))

# For the answer to one request.
REQUEST = 5.0 * FACTOR
# From the order to serve until the app is up: an import that takes longer hangs.
START = 10.0 * FACTOR
# For a whole check: not even a suite whose every login costs a second takes longer.
CHECK = 60.0 * FACTOR
# At a URL nothing is remembered: each login costs what it costs there.
CHECK_AT_A_URL = 300.0 * FACTOR
# For a hash that is held to be let go: a server that is blocked by it never gets there.
HELD = 2.0 * FACTOR
