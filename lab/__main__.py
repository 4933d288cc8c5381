"""`python -m lab …`: the lab's commands alone, in English or Vietnamese by the environment."""

import sys

from lab.commands import app
from ledger.errors import BaophuError

if __name__ == "__main__":
    try:
        app()
    except BaophuError as error:
        sys.exit(f"{error}")
