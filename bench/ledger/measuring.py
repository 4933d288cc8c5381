"""A scenario in a process of its own: how it takes CPU time, and how it says what it found."""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import process_time


@dataclass(slots=True)
class Watch:
    """CPU seconds, user's and the kernel's, of this process by what they were spent on."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Measure the block, and what the garbage collector has to do right after it because of it."""
        gc.collect()
        begun = process_time()
        yield
        gc.collect(0)
        self.seconds[what] = process_time() - begun


def serve(scenario: Callable[[int], dict[str, float]]) -> None:
    """The main function of a measured process: a size on its standard input, what was found on its standard output."""
    json.dump(scenario(int(json.load(sys.stdin))), sys.stdout)
