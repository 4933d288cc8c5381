"""What a run found: figures with their targets, and what each poller said."""

from dataclasses import dataclass, field
from typing import Any

from bench.results import Figure, machine
from bench.snmp.measurement import Measurement


@dataclass(slots=True)
class Results:
    """Filled by the scenarios in turn."""

    figures: list[Figure] = field(default_factory=list)
    measurements: dict[str, Measurement] = field(default_factory=dict)
    cpu_ms_per_device: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float | None] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, scenario: str, what: str, seen: float | None, unit: str, most: float | None = None) -> None:
        """One more line."""
        self.figures.append(Figure(scenario, what, seen, unit, most))

    def add_cpu(self, scenario: str, name: str, measured: Measurement | None, most: float | None = None) -> None:
        """A poller's CPU of a device, and what it didn't read whole where that's not nothing."""
        cost = measured.cpu_ms_per_device if measured else None
        self.add(scenario, f"{name}: CPU a device", cost, "ms", most)
        if measured is not None and cost is not None:
            self.measurements[f"{scenario} {name}"] = measured
            self.cpu_ms_per_device[f"{scenario} {name}"] = round(cost, 4)
            if measured.missed:
                self.add(scenario, f"{name}: devices not read whole", len(measured.missed), "", 0)

    def add_ratio(
        self, scenario: str, key: str, parts: tuple[float | None, float | None], most: float | None = None
    ) -> None:
        """The first over the second, ours over a peer's; unknown where one of them is."""
        ours, theirs = parts
        ratio = None if ours is None or not theirs else ours / theirs
        self.ratios[key] = None if ratio is None else round(ratio, 5)
        self.add(scenario, key, ratio, "", most)

    def as_json(self, *, quick: bool) -> dict[str, Any]:
        """What build/bench/snmp.json holds."""
        return {
            "machine": machine(),
            "quick": quick,
            "cpu_ms_per_device": self.cpu_ms_per_device,
            "ratios": self.ratios,
            "figures": [figure.as_json() for figure in self.figures],
            "measurements": {name: measured.as_json() for name, measured in self.measurements.items()},
            "faults": self.faults,
        }
