"""The recordings of real devices at hand (snmpsim-data), what they must yield, and the table of it in the docs.

`python tests/unit/support/recorded_devices.py` writes the table anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from collectors.snmp.definition import Definition, Rule, Source, Status
from collectors.snmp.definition_files import read_definitions

DOCUMENT = Path(__file__).parents[3] / "docs" / "definitions.md"
BEGIN, END = "<!-- recordings: begin -->", "<!-- recordings: end -->"
#: A recording that isn't one: line 2 says hexadecimal and is text.
BROKEN = {"UPS/juniper-ac.snmprec.bz2": 2}
#: Devices of families that nobody defined; what their ENTITY-MIB tells of vendor, model, version and serial number.
NOTHING = (None, None, None, None)
UNKNOWN: dict[str, tuple[str | None, ...]] = {
    "UPS/phoenixtec-power.snmprec.bz2": NOTHING,
    "camera/samsung-ipolis.snmprec.bz2": NOTHING,
    "camera/wds-ips-1022.snmprec.bz2": NOTHING,
    "iot/geist-temperature-sensor.snmprec": NOTHING,
    "network/appliance/infosec-nsae-6500.snmprec.bz2": NOTHING,
    "network/appliance/meru-networks-controller.snmprec.bz2": NOTHING,
    "network/appliance/network-research-squid.snmprec.bz2": NOTHING,
    "network/appliance/nsfocus-ads.snmprec.bz2": NOTHING,
    "network/appliance/tripplite-poweralert.snmprec": NOTHING,
    "network/appliance/vss-monitoring-optimizer-2400-span.snmprec.bz2": NOTHING,
    "network/firewall/clavister-amaranten.snmprec.bz2": NOTHING,
    "network/firewall/legend-holdings-firewall-2.snmprec.bz2": NOTHING,
    "network/firewall/legend-holdings-firewall.snmprec.bz2": NOTHING,
    "network/firewall/netentsec-ngfw.snmprec.bz2": NOTHING,
    "network/firewall/nsfocus-osms.snmprec.bz2": NOTHING,
    "network/firewall/topsec-ngfw4000-uf.snmprec.bz2": NOTHING,
    "network/firewall/venus-unknown-001.snmprec.bz2": NOTHING,
    "network/firewall/venus-vsos-v0600r0705b20180507.snmprec.bz2": NOTHING,
    "network/firewall/venus-vsos-v070060600.snmprec.bz2": NOTHING,
    "network/router/vyatta-unknown.snmprec.bz2": NOTHING,
    "network/switch/cts-media-converter.snmprec.bz2": NOTHING,
    "network/switch/dptech-dpx800-a5.snmprec.bz2": (
        *("DPtech", "VSM_0", "Release S111C011D007P02PATCH03", "02010037P183000022"),
    ),
    "network/switch/metel-poe-box.snmprec.bz2": NOTHING,
    "os/linux/ibm-power-chrp.snmprec.bz2": NOTHING,
    "os/linux/netmanage.snmprec.bz2": ("H3C", "H3C Switch E528", "5.20 Release 1513P62", "210235A0GKC158000929"),
    "unclassified/01.snmprec.bz2": NOTHING,
    "unclassified/02.snmprec.bz2": NOTHING,
    "unclassified/03.snmprec.bz2": NOTHING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Who a recorded device is; `definition` None: no definition fits."""

    definition: str | None
    vendor: str | None
    os: str | None
    model: str | None
    version: str | None
    serial: str | None


def recordings_folder() -> Path:
    """Where snmpsim-data keeps its recordings."""
    spec = find_spec("snmpsim_data")
    assert spec is not None
    assert spec.submodule_search_locations is not None, "make setup installs snmpsim-data"
    return Path(spec.submodule_search_locations[0]) / "data"


def recording_names() -> list[str]:
    """Every recording, by its path there."""
    folder = recordings_folder()
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.snmprec*"))


def expected_identities() -> dict[str, Expected]:
    """Who each sound recording must be, as the definitions and the table of unknown devices say."""
    found = {}
    for definition in read_definitions():
        for recording in definition.recordings:
            found[recording.file] = Expected(
                definition=definition.id,
                vendor=recording.vendor or _only(definition.vendor),
                os=recording.os or _only(definition.os),
                model=recording.model,
                version=recording.version,
                serial=recording.serial,
            )
    for name, (vendor, model, version, serial) in UNKNOWN.items():
        assert name not in found
        found[name] = Expected(definition=None, vendor=vendor, os=None, model=model, version=version, serial=serial)
    return found


def _only(rules: tuple[Rule, ...]) -> str | None:
    return rules[0].text if len(rules) == 1 and rules[0].source is Source.TEXT else None


def tables() -> str:
    """The part of docs/definitions.md that follows from the definitions."""
    known = read_definitions()
    return "\n".join([*_families(known), "", *_results(), ""])


def _families(known: tuple[Definition, ...]) -> Iterator[str]:
    yield from ("| definition | status | source |", "|---|---|---|")
    for status in Status:
        for definition in sorted(known, key=lambda known: known.id):
            if definition.status is status:
                yield f"| `{definition.id}` | {status} | {definition.source} |"


def _results() -> Iterator[str]:
    yield "| recording | definition | vendor, os | model | version | serial number |"
    yield "|---|---|---|---|---|---|"
    expected = expected_identities()
    for name in recording_names():
        if name in BROKEN:
            yield f"| {name} | no sound recording: line {BROKEN[name]} | | | | |"
            continue
        who = expected[name]
        maker = ", ".join(part for part in (who.vendor, who.os) if part)
        told = " | ".join(part or "–" for part in (maker, who.model, who.version, who.serial))
        yield f"| {name} | {who.definition or 'unknown'} | {told} |"


def write_tables() -> None:
    """Put the tables between their marks."""
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    _stale, after = rest.split(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{tables()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write_tables()
