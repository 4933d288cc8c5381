"""Coverage and gaps as tables for a terminal, in the reader's language."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text as Styled

from ledger.figure import AssetRow, Figure, FigureState
from ledger.language import N_, Text
from ledger.plan import AssetKind, Plan
from ledger.remark import said
from ledger.telling import difference_text, subject_text, target_text, value_text
from ledger.wording import MARKS, STATES, VERDICTS, called

#: A terminal this wide shows the unit of each gap in a column of its own.
WIDE = 120
#: Without any of these a plan has none of those either, which stand in no register.
PART_OF = {
    AssetKind.LAN: AssetKind.SWITCH,
    AssetKind.CONNECTION_POINT: AssetKind.ROUTER,
    AssetKind.UNIT_MAIL: AssetKind.MAILBOX,
    AssetKind.UNIT_PORTAL: AssetKind.SERVICE,
}


def console() -> Console:
    """Where tables go: as wide as the terminal, or wide enough for a file."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=WIDE)


def coverage_table(figures: Sequence[Figure], plan: Plan, text: Text) -> RenderableType:
    """One line per unit and indicator, each unit's together, and below it what the indicators are called.

    What is measured of things that the plan has none of is left out, unless nothing else is there.
    """
    table = Table(title=_title(figures, plan, text), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(text(N_("Unit")), min_width=16, max_width=26)
    table.add_column("", no_wrap=True)
    table.add_column(text(N_("Reached")), justify="right", no_wrap=True)
    for heading in (N_("Ratio"), N_("Target")):
        table.add_column(text(heading), justify="right", max_width=18)
    for heading in (N_("Due"), N_("Gap")):
        table.add_column(text(heading), justify="right", no_wrap=True)
    table.add_column(text(N_("Reasons")))
    planned = _planned(plan)
    shown = [f for f in figures if f.evidence == "declared" or f.indicator in planned] or list(figures)
    last = None
    for figure in _by_subject(shown):
        subject = _subject(figure)
        name = f"{subject_text(figure, plan, text)} ({figure.unit})" if subject != last else ""
        if last is not None and subject != last:
            table.add_section()
        last = subject
        table.add_row(name, *_figure_cells(figure, plan, text))
    return Group(table, *_legend({figure.indicator for figure in shown}, plan, text))


def _planned(plan: Plan) -> AbstractSet[str]:
    """The measured indicators of whose kind the plan has anything."""
    kinds = {asset.kind for asset in plan.assets()}
    kinds |= {derived for derived, part in PART_OF.items() if part in kinds}
    return {i.id for i in plan.indicators.values() if i.measure is not None and i.measure.kind in kinds}


def _subject(figure: Figure) -> tuple[object, ...]:
    return figure.unit, figure.scope, figure.level


def _by_subject(figures: Sequence[Figure]) -> list[Figure]:
    """All of one unit, or of a level in it, together, in the order in which these are first named."""
    places = {subject: place for place, subject in enumerate(dict.fromkeys(map(_subject, figures)))}
    return sorted(figures, key=lambda figure: places[_subject(figure)])


def _title(figures: Sequence[Figure], plan: Plan, text: Text) -> str:
    instant = text.instant(figures[0].as_of) if figures else ""
    title = text(N_("Coverage at {instant}")).format(instant=instant) if figures else text(N_("Coverage"))
    if plan.profile is None:
        return title
    note = text(N_("synthetic data of the profile {profile}")).format(profile=plan.profile.id)
    return f"{title} – {note}"


def _legend(indicators: AbstractSet[str], plan: Plan, text: Text) -> list[Styled]:
    names = {known.id: text.name(known.name_vi, known.name_en) for known in plan.indicators.values()}
    return [Styled(f"{id_}  {name}", style="dim") for id_, name in names.items() if id_ in indicators]


def _figure_cells(figure: Figure, plan: Plan, text: Text) -> tuple[str | Styled, ...]:
    counts = f"{text.number(figure.numerator or 0)}/{text.number(figure.denominator)}" if figure.denominator else "–"
    is_declared, declared = figure.evidence == "declared", text(N_("(declared)"))
    value = value_text(figure, text) if is_declared else text.percent(figure.ratio)
    return (
        f"{figure.indicator} {declared}" if is_declared else figure.indicator,
        counts,
        Styled(value, style=_style(figure)),
        target_text(figure, text),
        text.day(figure.due),
        text.number(figure.gap) if figure.denominator and figure.gap is not None else "–",
        ", ".join(_remarks(figure, plan, text)) if is_declared else _reasons(figure, text),
    )


def _reasons(figure: Figure, text: Text) -> str:
    return ", ".join(f"{text(VERDICTS[reason])} {text.number(count)}" for reason, count in figure.reasons.items())


def _remarks(figure: Figure, plan: Plan, text: Text) -> Iterator[str]:
    """Which part of the indicator, where it comes from, what it disagrees with."""
    if figure.field is not None:
        part = (plan.indicators[figure.indicator].fields or {}).get(figure.field)
        yield text.name(part.name_vi, part.name_en) if part else figure.field
    if figure.mark is not None:
        yield called(MARKS, figure.mark, text)
    if figure.state is FigureState.CONFLICT:
        yield text(STATES[FigureState.CONFLICT])
    if figure.detail is not None:
        yield said(figure.detail, text) or ""
    if figure.difference:
        yield text(N_("{amount} against what was measured")).format(amount=difference_text(figure, text))


def _style(figure: Figure) -> str:
    if figure.value is None:
        return "dim"
    met = figure.target_met if figure.target_met is not None else figure.gap == 0
    return "green" if met else "yellow" if figure.numerator else "red"


def gaps_table(rows: Sequence[AssetRow], text: Text, width: int = WIDE) -> Table:
    """One line per gap, with its one reason and since when; the unit stands in a column where `width` allows it."""
    title = text(N_("Gaps: {count}")).format(count=text.number(len(rows)))
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    wide = width >= WIDE
    table.add_column(text(N_("Asset")), no_wrap=True)
    if wide:
        table.add_column(text(N_("Unit")), no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column(text(N_("Reason")))
    for heading in (N_("Since"), N_("Last seen")):
        table.add_column(text(heading), no_wrap=True)
    table.add_column(text(N_("Detail")))
    for row in rows:
        elsewhere = row.seen_at_unit if row.seen_at_unit not in (None, row.unit) else None
        seen_at = text(N_("seen at {unit}")).format(unit=elsewhere) if elsewhere else None
        cells = (
            row.asset,
            row.unit or "–",
            row.indicator or "–",
            text(VERDICTS[row.verdict]),
            text.minute(row.since),
            text.minute(row.last_seen),
            "; ".join(part for part in (seen_at, said(row.detail, text)) if part),
        )
        table.add_row(*(Styled(cell) for position, cell in enumerate(cells) if wide or position != 1))
    return table
