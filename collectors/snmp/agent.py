"""What is known of one agent: how long it takes, how much fits a reply, what its columns look like."""

from dataclasses import dataclass, field, replace
from socket import AF_INET, AF_INET6

from collectors.snmp.column import Layout
from collectors.snmp.community import CommunityMessages
from collectors.snmp.usm_messages import UsmMessages

#: Rows asked for at first, and at most.
FIRST_REPETITIONS, MOST_REPETITIONS = 25, 128
#: A reply should come in one piece even over PPPoE: 1,492 octets less 28 of IP and UDP headers (RFC 2516 §7).
GOOD_REPLY = 1464
#: What a message in the clear takes beside its rows, with a community of some length.
HEADER_OCTETS = 48
#: RFC 6298 §2, and what an agent that is busy elsewhere is given at least.
SHORTEST_TIMEOUT_SECONDS = 0.25


@dataclass(slots=True)
class ColumnMemory:
    """How a column was last: its rows, the octets of one, and the shape of each reply."""

    rows: int = FIRST_REPETITIONS - 1
    row_octets: float = 0.0
    layouts: list[Layout | None] = field(default_factory=list)

    def learn(self, number: int, layout: Layout | None, row_octets: float) -> None:
        """Remember the shape of the reply `number` (from 0), and what a row took in it."""
        self.row_octets = max(row_octets, self.row_octets if number else 0.0)
        self.layouts[number:] = [layout]

    def repetitions(self, most: int, header_octets: int) -> int:
        """Rows to ask for: all of them and one more, so that the end shows; no more than fit a good reply."""
        fitting = int((GOOD_REPLY - header_octets) / self.row_octets) if self.row_octets else most
        return max(1, min(self.rows + 1, fitting, most))


UNKNOWN = ColumnMemory()


@dataclass(slots=True)
class Agent:
    """One agent at one address. `messages` is its own where it is asked over SNMPv3.

    `is_dead`: it didn't answer when it was last asked. `garbled`: datagrams from it that were no SNMP, since its turn
    began. `most_repetitions` is what it can send, `eased` what it answered in time. Times are in seconds.
    """

    address: tuple[str, int]
    messages: CommunityMessages | UsmMessages
    first_timeout: float
    is_dead: bool = False
    garbled: int = 0
    most_repetitions: int = MOST_REPETITIONS
    eased: int = MOST_REPETITIONS
    columns: dict[bytes, ColumnMemory] = field(default_factory=dict)
    family: int = field(init=False)
    _tables: dict[bytes, ColumnMemory] = field(default_factory=dict)
    _smoothed: float | None = None
    _variation: float = 0.0
    _learnt: float = field(init=False)

    def __post_init__(self) -> None:
        self.family = AF_INET6 if ":" in self.address[0] else AF_INET
        self._learnt = self.first_timeout

    def in_vlan(self, vlan: int) -> "Agent":
        """The same agent in a VLAN's context: as fast, but with other rows."""
        other = replace(self, messages=self.messages.in_vlan(vlan), is_dead=False, columns={}, _tables={})
        other._learnt = self._learnt
        return other

    def column(self, prefix: bytes) -> ColumnMemory:
        """What is known of a column; of a new one, that it is as long as the one before it in its table."""
        found = self.columns.get(prefix)
        if found is None:
            beside = self._tables.get(prefix[:-1], UNKNOWN)
            found = self.columns[prefix] = ColumnMemory(beside.rows, beside.row_octets)
            self._tables[prefix[:-1]] = found
        return found

    def repetitions(self, column: ColumnMemory) -> int:
        """Rows of a column that it can be asked for at once."""
        header_octets = self.messages.header_octets if isinstance(self.messages, UsmMessages) else HEADER_OCTETS
        return column.repetitions(min(self.most_repetitions, self.eased), header_octets)

    def begin_turn(self) -> None:
        """Forget what went wrong; what it didn't answer in time it may answer now."""
        self.garbled = 0
        self.eased = min(2 * self.eased, MOST_REPETITIONS)
        if isinstance(self.messages, UsmMessages):
            self.messages.begin_turn()

    def note_round_trip(self, seconds: float) -> None:
        """Learn from a reply to what was sent once (RFC 6298 §2)."""
        if self._smoothed is None:
            self._smoothed, self._variation = seconds, seconds / 2
        else:
            self._variation += (abs(self._smoothed - seconds) - self._variation) / 4
            self._smoothed += (seconds - self._smoothed) / 8
        self._learnt = min(self.first_timeout, max(SHORTEST_TIMEOUT_SECONDS, self._smoothed + 4 * self._variation))

    def timeout(self, attempt: int, *, is_last: bool) -> float:
        """How long to wait for a reply: twice as long at each further attempt.

        The last one waits as long as an unknown agent is given: what it answers fast says little of its long tables.
        """
        if attempt == 0 and not is_last:
            return self._learnt
        backed_off: float = self._learnt * 2**attempt
        return max(backed_off, self.first_timeout) if is_last else backed_off
