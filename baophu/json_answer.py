"""A command's answer as JSON, on standard output."""

import sys

import orjson


def print_json(document: object) -> None:
    """Print a document, whole: where Python doesn't buffer (PYTHONUNBUFFERED) a write may take a part of it only."""
    left = memoryview(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")
    while left:
        left = left[sys.stdout.buffer.write(left) :]
