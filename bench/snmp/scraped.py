"""Our exposition as it is measured, in a process of its own: what bench/scrape.py finds."""

import json
import sys

from bench.scrape import measure

if __name__ == "__main__":
    json.dump(measure(), sys.stdout)
