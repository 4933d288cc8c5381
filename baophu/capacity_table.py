"""Links' capacity as a table for a terminal, in the reader's language."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Styled

from ledger.capacity import DAYS, LIMIT_PERCENT, CapacityVerdict, DaysRule, DirectionUse, LinkCapacity, whole_percent
from ledger.language import N_, Text
from ledger.load import PER_DAY
from ledger.plan import Plan
from ledger.wording import CAPACITIES

STYLES = {CapacityVerdict.WITHIN: "green", CapacityVerdict.OVER: "red", CapacityVerdict.TOO_FEW_SAMPLES: "dim"}
RULES = {
    DaysRule.WINDOW: N_("A link has enough where the 95th percentile of all samples is at most {limit} %, each way."),
    DaysRule.DAILY: N_(
        "A link has too little where the 95th percentile of every measured day is above {limit} %, in either direction."
    ),
}


def capacity_table(found: Sequence[LinkCapacity], plan: Plan, text: Text) -> RenderableType:
    """One line per link, in the order of `found`, and below it the rule."""
    if not found:
        return Styled(text(N_("The plan has no link with a bandwidth here.")))
    first = found[0]
    title = text(N_("Capacity from {first} to {last}")).format(
        first=text.day(first.first_day), last=text.day(first.last_day)
    )
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(text(N_("Link")), no_wrap=True)
    table.add_column(text(N_("Unit")), max_width=26)
    headings = (N_("Mbit/s"), N_("From the unit"), N_("Peak"), N_("To the unit"), N_("Peak"), N_("Samples"))
    for heading in headings:
        table.add_column(text(heading), justify="right")
    table.add_column(text(N_("Capacity")))
    for capacity in found:
        unit = plan.units[capacity.unit]
        table.add_row(
            capacity.link,
            text.name(unit.name_vi, unit.name_en),
            text.number(capacity.bandwidth_mbps),
            *_use_cells(capacity.from_unit, text),
            *_use_cells(capacity.to_unit, text),
            _samples(capacity, text),
            Styled(_said(capacity, text), style=STYLES[capacity.verdict]),
        )
    return Group(table, Styled(text(RULES[first.days]).format(limit=LIMIT_PERCENT), style="dim"))


def _use_cells(use: DirectionUse, text: Text) -> tuple[str | Styled, str]:
    over = use.p95 is not None and whole_percent(use.p95) > LIMIT_PERCENT
    return Styled(_percent(use.p95, text), style="red" if over else ""), _percent(use.peak, text)


def _percent(part: float | None, text: Text) -> str:
    return "–" if part is None else text.percent(whole_percent(part) / 100)


def _samples(capacity: LinkCapacity, text: Text) -> str:
    """How many of the samples there are, of the direction that has fewer."""
    present = min(capacity.from_unit.samples, capacity.to_unit.samples)
    return f"{text.number(present)}/{text.number(DAYS * PER_DAY)}"


def _said(capacity: LinkCapacity, text: Text) -> str:
    said = text(CAPACITIES[capacity.verdict])
    if capacity.verdict is CapacityVerdict.TOO_FEW_SAMPLES:
        measured = text(N_("{measured} of {days} days")).format(measured=capacity.measured_days, days=DAYS)
        return f"{said} ({measured})"
    return said
