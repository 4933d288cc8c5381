"""Samples of polled devices as bytes, a block for each device and family, so that a scrape is a join.

The text is byte for byte what `prometheus_client.generate_latest` would give for the same families.
"""

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from threading import Lock

from prometheus_client.utils import floatToGoString

from exporter.samples import FAMILIES, INFO_LABELS, DeviceSamples, Family, Kind

BUDGET_BYTES = 112 * 1024 * 1024
#: What a `bytes` object and its place in a list take beside its text.
BLOCK_OVERHEAD_BYTES = 41
#: Below this every integer is a float, and has its digits.
EXACT = 10**15
#: By number of digits; from a million on the library has an exponent.
EXPONENTS = {digits: f"e+{digits - 1:02d}" for digits in range(7, 16)}


def float_text(value: float) -> str:
    """The client library's own text of a number."""
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]  # the library has no types there


@lru_cache(maxsize=16_384)
def divided_text(value: int, divisor: int) -> str:
    """Speeds and times of last change are the same for long, and for many rows."""
    return float_text(value / divisor)


def integer_text(value: int) -> str:
    """The same text as `float_text` gives, in a third of the time for what counters count."""
    if 1_000_000 <= value < EXACT:
        digits = str(value)
        return f"{digits[0]}.{digits[1:]}".rstrip("0.") + EXPONENTS[len(digits)]
    return float_text(value)


@dataclass(slots=True)
class _Held:
    """A device's blocks in the order of `FAMILIES`, and the poll that they were rendered from."""

    samples: DeviceSamples
    blocks: list[bytes]
    size_bytes: int = 0
    scraped: int = 0


class Blocks:
    """Rendered blocks, at most `budget_bytes` of them; safe to call from several threads.

    Past the budget the devices that were scraped longest ago make room, but only for a device that has been scraped
    since: when all are scraped in turn, dropping the oldest would each time drop the very one that is asked for next.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self.rendered_blocks = 0
        self.dropped_devices = 0
        self.held_bytes = 0
        self._budget_bytes = budget_bytes
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._scraped: dict[str, int] = {}
        self._clock = 0
        self._small = {value: float_text(value) for value in range(4096)}
        self._lock = Lock()

    @property
    def held_devices(self) -> int:
        """How many devices have blocks that are kept."""
        return len(self._held)

    def text(self, devices: Iterable[DeviceSamples]) -> bytes:
        """The text exposition format, 0.0.4: each family once, its devices in the order given."""
        with self._lock:
            blocks = [self._blocks_of(samples) for samples in devices]
        pieces: list[bytes] = []
        for place, family in enumerate(FAMILIES):
            pieces.append(header(family))
            pieces += [each[place] for each in blocks]
        return b"".join(pieces)

    def forget(self, devices: Iterable[str]) -> None:
        """Drop what is kept of devices that are gone."""
        with self._lock:
            for device in devices:
                self._scraped.pop(device, None)
                self._drop(device)

    def _blocks_of(self, samples: DeviceSamples) -> list[bytes]:
        held = self._held.get(samples.device)
        if held is None or held.samples is not samples:
            held = self._render(samples, held)
        self._clock += 1
        held.scraped = self._clock
        before = self._scraped.get(samples.device, 0)
        self._scraped[samples.device] = self._clock
        self._keep(held, before)
        return held.blocks

    def _render(self, samples: DeviceSamples, last: _Held | None) -> _Held:
        """Fresh blocks, where a family's values are those of `last` the very same bytes."""
        kept = last if last is not None and _same_rows(samples, last.samples) else None
        rows: list[str] = []
        blocks = []
        for place, family in enumerate(FAMILIES):
            if kept is not None and _same_values(family, samples, kept.samples):
                blocks.append(kept.blocks[place])
                continue
            if family.is_by_row and not rows:
                rows = _row_labels(samples)
            blocks.append(self._block(family, samples, rows).encode())
            self.rendered_blocks += 1
        return _Held(samples, blocks, sum(map(len, blocks)) + BLOCK_OVERHEAD_BYTES * len(blocks))

    def _block(self, family: Family, samples: DeviceSamples, rows: Sequence[str]) -> str:
        if not family.is_by_row:
            return _device_block(family, samples)
        if family.kind is Kind.INFO:
            return _info_block(family, samples)
        values = samples.columns.get(family.key)
        if values is None:
            return ""
        if len(values) != len(rows):
            raise ValueError(f"{samples.device}: {len(values)} values of {family.key}, {len(rows)} interfaces")
        if not isinstance(values, array) and None in values:
            rows = [row for row, value in zip(rows, values, strict=True) if value is not None]
        if not rows:
            return ""
        lines = map(add, rows, self._texts(values, family.divisor))
        return family.name + f"\n{family.name}".join(lines) + "\n"

    def _texts(self, values: Iterable[int | None], divisor: int) -> list[str]:
        """The texts of the values that are there."""
        if divisor != 1:
            return [divided_text(value, divisor) for value in values if value is not None]
        small = self._small
        return [small[value] if value in small else integer_text(value) for value in values if value is not None]

    def _keep(self, held: _Held, before: int) -> None:
        """Keep the device's blocks if there is room, or if devices not scraped since `before` can make it."""
        device = held.samples.device
        last = self._held.get(device)
        self.held_bytes += held.size_bytes - (last.size_bytes if last is not None else 0)
        self._held[device] = held
        self._held.move_to_end(device)
        while self.held_bytes > self._budget_bytes:
            oldest = next(iter(self._held))
            self._drop(oldest if self._held[oldest].scraped < before else device)
            self.dropped_devices += 1

    def _drop(self, device: str) -> None:
        held = self._held.pop(device, None)
        self.held_bytes -= held.size_bytes if held is not None else 0


@lru_cache(maxsize=len(FAMILIES))
def header(family: Family) -> bytes:
    """The lines that come before a family's samples."""
    kind = Kind.GAUGE if family.kind is Kind.INFO else family.kind
    text = family.help.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {family.name} {text}\n# TYPE {family.name} {kind}\n".encode()


def escaped(value: str) -> str:
    """A label's value as it stands between quotes."""
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


@lru_cache(maxsize=1024)
def _escaped_all(values: tuple[str, ...]) -> tuple[str, ...]:
    """Shared by the polls and devices of a model; the very same tuple where there is nothing to escape."""
    together = "".join(values)
    return tuple(map(escaped, values)) if any(character in together for character in '\\\n"') else values


def _row_labels(samples: DeviceSamples) -> list[str]:
    """By row all labels, in the order of their names, and the space before the value."""
    head, tail = f'{{device="{escaped(samples.device)}",interface="', f'",unit="{escaped(samples.unit)}"}} '
    return [f"{head}{name}{tail}" for name in _escaped_all(tuple(samples.interfaces))]


def _device_block(family: Family, samples: DeviceSamples) -> str:
    if family.key not in samples.scalars:
        return ""
    labels = f'device="{escaped(samples.device)}",unit="{escaped(samples.unit)}"'
    return f"{family.name}{{{labels}}} {float_text(samples.scalars[family.key])}\n"


def _info_block(family: Family, samples: DeviceSamples) -> str:
    if not samples.descriptions:
        return ""
    device, unit = escaped(samples.device), escaped(samples.unit)
    nothing = ("",) * len(samples.interfaces)
    texts = (_escaped_all(tuple(samples.descriptions.get(label, nothing))) for label in INFO_LABELS)
    lines = [
        f'{family.name}{{alias="{alias}",description="{description}",device="{device}",'
        f'interface="{name}",interface_type="{kind}",unit="{unit}"}} 1.0\n'
        for name, alias, description, kind in zip(_escaped_all(tuple(samples.interfaces)), *texts, strict=True)
    ]
    return "".join(lines)


def _same_rows(one: DeviceSamples, other: DeviceSamples) -> bool:
    return one.unit == other.unit and (one.interfaces is other.interfaces or one.interfaces == other.interfaces)


def _same_values(family: Family, one: DeviceSamples, other: DeviceSamples) -> bool:
    if not family.is_by_row:
        # -0.0 equals 0.0 and has a text of its own; one value is as soon rendered as compared.
        return False
    if family.kind is Kind.INFO:
        return one.descriptions is other.descriptions or one.descriptions == other.descriptions
    mine, others = one.columns.get(family.key), other.columns.get(family.key)
    return mine is others or mine == others
