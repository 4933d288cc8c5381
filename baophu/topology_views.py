"""The cabling as a table for a terminal, and as a drawing for Graphviz."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from ledger.language import N_, Text
from ledger.plan import Plan
from ledger.remark import said
from ledger.topology import Cabling, PortRef, TopologyRow
from ledger.wording import CABLING, MATCHES, called

COLOURS = {
    Cabling.WRONG_PORT: "yellow",
    Cabling.MISSING: "red",
    Cabling.UNEXPECTED: "magenta",
    Cabling.UNKNOWN: "dim",
    Cabling.PLANNED_LATER: "dim",
    Cabling.RIGHT: "green",
}
#: How a cable is drawn: colours that differ also for those who don't tell red from green, by their dashes.
STROKES = {
    Cabling.WRONG_PORT: 'color="#b45309", style="bold"',
    Cabling.MISSING: 'color="#b91c1c", style="dashed"',
    Cabling.UNEXPECTED: 'color="#7e22ce", style="bold"',
    Cabling.UNKNOWN: 'color="#6b7280", style="dotted"',
    Cabling.PLANNED_LATER: 'color="#9ca3af", style="dotted"',
    Cabling.RIGHT: 'color="#15803d"',
}


def topology_table(rows: Sequence[TopologyRow], as_of: datetime, text: Text) -> Table:
    """One line per cable, what needs somebody first; the title counts each verdict."""
    counts = Counter(row.verdict for row in rows)
    told = [f"{called(CABLING, each, text)} {text.number(counts[each])}" for each in Cabling if counts[each]]
    title = text(N_("Cabling at {instant}")).format(instant=text.instant(as_of))
    title = f"{title}: {' · '.join(told) or text.number(0)}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (N_("Cabling"), N_("Link"), N_("Planned"), N_("Seen"), N_("Told by"), N_("Detail")):
        table.add_column(text(heading), overflow="fold")
    order = list(Cabling)
    for row in sorted(rows, key=lambda row: order.index(row.verdict)):
        seen = "=" if row.seen is not None and row.seen == row.planned else _cable(row.seen)
        told_by = "–" if row.match is None else called(MATCHES, row.match, text)
        cells = (row.link or row.unit, _cable(row.planned), seen, told_by, said(row.detail, text) or "")
        verdict = Styled(called(CABLING, row.verdict, text), style=COLOURS[row.verdict])
        table.add_row(verdict, *map(Styled, cells))  # as they are: what devices call themselves is no markup
    return table


def _cable(ends: tuple[PortRef, PortRef] | None) -> str:
    return "–" if ends is None else "\n".join(f"{end.device} {end.port or '?'}" for end in ends)


def topology_graph(rows: Sequence[TopologyRow], plan: Plan, text: Text) -> str:
    """The cables as an undirected graph in Graphviz's language, the devices of a unit in a box of their own."""
    lines = ["graph topology {", "  graph [rankdir=LR, fontname=sans]; node [shape=box, fontname=sans];"]
    lines += _boxes(rows, plan, text)
    lines += (_edge(row, text) for row in rows)
    return "\n".join([*lines, "}", ""])


def _boxes(rows: Sequence[TopologyRow], plan: Plan, text: Text) -> Iterator[str]:
    of_unit: defaultdict[str | None, dict[str, None]] = defaultdict(dict)
    for row in rows:
        for end in (*(row.planned or ()), *(row.seen or ())):
            device = plan.devices.get(end.device)
            of_unit[None if device is None else device.unit][end.device] = None
    for unit, devices in of_unit.items():
        names = " ".join(f"{_quoted(device)};" for device in devices)
        if unit is None:
            yield f"  {{ node [style=dashed]; {names} }}"
        else:
            known = plan.units[unit]
            label = _quoted(text.name(known.name_vi, known.name_en))
            yield f"  subgraph {_quoted(f'cluster_{unit}')} {{ label={label}; {names} }}"


def _edge(row: TopologyRow, text: Text) -> str:
    a, b = row.seen or row.planned or (PortRef("?", None), PortRef("?", None))
    label = called(CABLING, row.verdict, text) if row.verdict is not Cabling.RIGHT else ""
    name = " ".join(part for part in (row.link, label) if part)
    ports = f"taillabel={_quoted(a.port or '?')}, headlabel={_quoted(b.port or '?')}"
    return f"  {_quoted(a.device)} -- {_quoted(b.device)} [label={_quoted(name)}, {ports}, {STROKES[row.verdict]}];"


def _quoted(word: str) -> str:
    """A word of Graphviz: in double quotes, with both kinds of slashes and quotes kept as they are."""
    return json.dumps(word, ensure_ascii=False)
