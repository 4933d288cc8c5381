"""Run by a host's boot loop: `python -m lab.replug STATE HOST on|off`.

A machine that restarts has lost its interfaces' addresses, routes and settings, and its neighbours see the carrier go.
`on` gives a rebooting host its ports afresh; `off` pulls the plugs of one that shut itself down.
"""

import sys
from pathlib import Path

from lab.lab import Lab
from lab.place import DEFAULT_CACHE, Place


def main(state: str, host: str, power: str) -> None:
    """Replug `host` of the lab at `state`."""
    folder = Path(state)
    lab = Lab(Place(folder.name, folder, DEFAULT_CACHE))
    if power == "on":
        lab.replug(host)
    else:
        lab.note_stopped(host)


if __name__ == "__main__":
    main(*sys.argv[1:4])
