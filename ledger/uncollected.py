"""Keeps the garbage collector away from work that makes very many objects, none of them garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the cyclic collector of this process: it would go through everything again and again, and find nothing.

    Reference counting goes on. Blocks in several threads may overlap: the first that ends lets the collector work.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
