"""What the scenarios work with: the sizes of a run, the agent, and pollers in processes of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import scrape
from bench.snmp import ours
from bench.snmp.columns import VALUES
from bench.snmp.measurement import Measurement, Poll, measured
from bench.snmp.results import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many devices, polls and cycles; a peer gets as many as make its figure steady."""

    ours: int = 1_000
    ours_cycles: int = 5
    exporter: int = 400
    bulkwalk: int = 10
    pysnmp: int = 20
    ours_v3: int = 50
    exporter_v3: int = 25
    pysnmp_v3: int = 3
    scale: tuple[int, ...] = (200, 1_000, 5_000, 10_000)
    endurance_devices: int = 20
    endurance_cycles: int = 1_000
    lossy: int = 2_500
    lossy_timeout_seconds: float = 1.0
    scraped: int = scrape.DEVICES
    scrapes: int = 3


QUICK = Sizes(
    ours=50,
    ours_cycles=2,
    exporter=20,
    bulkwalk=1,
    pysnmp=2,
    ours_v3=2,
    exporter_v3=1,
    pysnmp_v3=1,
    scale=(20, 50),
    endurance_cycles=50,
    lossy=50,
    lossy_timeout_seconds=0.2,
    scraped=20,
    scrapes=1,
)
#: How many devices each poller asks at a time.
OURS_IN_FLIGHT, PEERS_IN_FLIGHT = 200, 4


@dataclass(frozen=True, slots=True)
class Workbench:
    """One run; `program` is the compiled agent, `folder` a place for files that go with the run."""

    program: Path
    folder: Path
    sizes: Sizes
    results: Results
    say: Callable[[str], None]

    def poll(self, what: str, module: str, poll: Poll, *words: str, prefix: Sequence[str] = ()) -> Measurement | None:
        """What a poller took; None where it failed, and the results say why."""
        self.say(f"{what}: {len(poll.addresses) * poll.cycles} polls")
        try:
            return measured(module, poll, *words, prefix=prefix)
        except RuntimeError as error:
            self.fail(what, str(error))
            return None

    def fail(self, what: str, why: str) -> None:
        """Note what could not be measured."""
        self.say(f"{what}: {why}")
        self.results.faults[what] = why

    def poll_ours(self, what: str, poll: Poll, *, prefix: Sequence[str] = ()) -> Measurement | None:
        """The same of our own engine."""
        return self.poll(what, ours.__name__, poll, prefix=prefix)


def cost(measurement: Measurement | None) -> float | None:
    """CPU milliseconds a device, where it could be measured."""
    return measurement.cpu_ms_per_device if measurement else None


def lacking(measurement: Measurement | None) -> float | None:
    """How many of the 782 values a device gave too few on the average: a poller that reads less costs less."""
    return max(0.0, VALUES - measurement.values / measurement.devices) if measurement else None
