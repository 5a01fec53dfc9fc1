"""Every limit of the project: how much an app may work, and how long we wait for it.

A busy machine makes a right answer slow, and must not make it wrong. So a verdict on an
app rests on what the app itself did: the processor time that it used, or the time in
which it owed an answer and slept. A wall limit is only a net behind these. Where it is
reached, the machine was too busy, and nothing was judged.

On a machine that is slower still, WORKBOOK_TIMEOUT_FACTOR in the environment stretches
all of them. Everything is in seconds.
"""

import os
from dataclasses import dataclass

FACTOR = float(os.environ.get("WORKBOOK_TIMEOUT_FACTOR", "1"))


@dataclass(frozen=True)
class Limits:
    """How much an app may do before it must have answered.

    `cpu` is processor time, of all its processes together. `idle` is time in which none
    of them ran or wanted to run while it owed an answer. `wall` is the net.
    """

    cpu: float
    idle: float
    wall: float


# From the order to serve until the app is up. It begins when the packages are imported.
START = Limits(cpu=10 * FACTOR, idle=10 * FACTOR, wall=180 * FACTOR)
# For the answer to one request: a bcrypt hash costs a quarter of a second.
REQUEST = Limits(cpu=5 * FACTOR, idle=5 * FACTOR, wall=180 * FACTOR)
# For all that one check asks of the app. No suite of ours uses a tenth of it.
CHECK = Limits(cpu=120 * FACTOR, idle=60 * FACTOR, wall=900 * FACTOR)

# For our own processes to have imported what they need.
READY = 300 * FACTOR
# For one answer of a server at a URL, whose processor time is out of reach.
URL_REQUEST = 60 * FACTOR
# For a process of ours to end when it was asked to, before it is killed.
STOP = 10 * FACTOR
# How often a watched process is looked at.
LOOK = 0.05

# A hash that is held waits so many looks in a row in which its process did nothing:
# whoever was to let it go is blocked by it.
HELD_LOOKS = int(40 * FACTOR)

# For each answer of an attacked server, which is stalled on purpose, and for it to
# accept a connection.
TARGET_REQUEST = 60 * FACTOR
CONNECT = 15 * FACTOR
# In `make bench`, for all that is asked of a server at one time.
LOAD = 120 * FACTOR

# In the tests: for a text to appear on a terminal, for a page of a browser, for a cell
# of a notebook, and for a command or a server to have done what a test is about.
TERMINAL = 180 * FACTOR
BROWSER = 120 * FACTOR
NOTEBOOK_CELL = 300 * FACTOR
COMMAND = 300 * FACTOR
