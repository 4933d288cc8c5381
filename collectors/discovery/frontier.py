"""Which address is asked next: each one once, in the order in which they were heard of, and no more than so many."""

from collections import deque
from collections.abc import Callable, Iterable

from collectors.discovery.ranges import Address


class Frontier:
    """Addresses to ask, breadth first; `allows` says which may be asked at all.

    `asked` counts those that were taken, `left` those beyond `limit`, which are not.
    """

    def __init__(self, allows: Callable[[Address], bool], limit: int) -> None:
        self._allows = allows
        self._limit = limit
        self._seen: set[Address] = set()
        self._waiting: deque[Address] = deque()
        self.asked = self.left = 0

    def offer(self, addresses: Iterable[Address]) -> None:
        """Add those that may be asked and weren't heard of yet."""
        for address in addresses:
            if address in self._seen or not self._allows(address):
                continue
            self._seen.add(address)
            if len(self._seen) <= self._limit:
                self._waiting.append(address)
            else:
                self.left += 1

    def take(self) -> Address | None:
        """The next one; None: there is none now."""
        if not self._waiting:
            return None
        self.asked += 1
        return self._waiting.popleft()

    @property
    def waiting(self) -> int:
        """How many are to be asked yet."""
        return len(self._waiting)
