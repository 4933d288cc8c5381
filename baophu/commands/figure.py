"""`baophu figure`: keeps figures day by day, publishes a period's with their evidence, checks what was published."""

import sys
from datetime import date
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from baophu.commands import history
from baophu.commands.options import ByOption, JsonOption, PlanOption, StoreOption, who_does_it
from baophu.figure_documents import check_document, keeping_document, published_document
from baophu.json_answer import print_json
from baophu.progress import progress_line
from baophu.session import SPEAKING, chosen_plan, chosen_settings, opened_store, opened_to_read, utc_now
from baophu.tables import console
from baophu.units import day_of
from ledger.errors import CallError
from ledger.keeping import Keeper
from ledger.language import N_
from ledger.period import read_period
from ledger.publication.checking import Check
from ledger.publication.published import Published
from ledger.publishing import Publisher
from ledger.remark import said
from ledger.view import LedgerView

KEEP_HELP = N_("Keep the figures of days that are over; what was reported of them before can still be asked for.")
KEPT_HELP = N_("Show when figures were kept, and of which days.")
PUBLISH_HELP = N_("Publish a period's figures: frozen with their evidence, chained to the publication before.")
VERIFY_HELP = N_("Work published figures out anew from their frozen evidence, and name the first row that differs.")
LIST_HELP = N_("Show what was published.")
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help=N_("The first day; by default the first that isn't kept."))
]
UntilOption = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help=N_("The last day; yesterday by default."))
]
PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help=N_("A month 2026-10, a quarter 2026-Q4, a half 2026-H1 or a year 2026."))
]
AdministrativeOption = Annotated[
    bool,
    typer.Option("--administrative", help=N_("The period that ends on the 14th, as administrative reports have it.")),
]
NumberArgument = Annotated[
    int | None, typer.Argument(metavar="[NUMBER]", help=N_("The publication's number; all of them by default."))
]
DigestOption = Annotated[
    str | None, typer.Option("--digest", help=N_("The digest that was told when it was published; checked too."))
]


def build_app() -> typer.Typer:
    """Build the group `figure`."""
    app = typer.Typer(help=N_("Figures over time: kept, published, checked."), no_args_is_help=True)
    app.command("keep", help=KEEP_HELP)(keep)
    app.command("kept", help=KEPT_HELP)(kept)
    app.command("history", help=history.HELP)(history.show_history)
    app.command("publish", help=PUBLISH_HELP)(publish)
    app.command("list", help=LIST_HELP)(published)
    app.command("verify", help=VERIFY_HELP)(verify)
    return app


def keep(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    start: FromOption = None,
    until: UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep the days asked for, or those that are due."""
    settings, text = chosen_settings(plan=plan, store=store), SPEAKING.get()
    province = chosen_plan(settings)
    with opened_store(settings, create=False) as opened:
        keeper = Keeper(LedgerView(province, opened, settings.max_ages(), utc_now), opened, utc_now)
        if (ahead := keeper.ahead()) is not None:
            message = text(N_("figures were kept at {instant}, which lies ahead; check the clock"))
            print(message.format(instant=text.minute(ahead)), file=sys.stderr)  # noqa: T201 - what somebody should look into
        days = _days(keeper, start, until)
        if days is None:
            print(text(N_("every day until yesterday is kept already")) if not as_json else "null")  # noqa: T201
            return
        with progress_line(Console(stderr=True)) as line:
            made = keeper.keep(*days, lambda day: line.show(text(N_("figures of {day}")).format(day=text.day(day))))
    if as_json:
        print_json(keeping_document(made))
    else:
        told = text(N_("{first} to {last}: {rows} figures changed or were known better")).format(
            first=text.day(made.first), last=text.day(made.last), rows=text.number(made.changed)
        )
        print(told)  # noqa: T201 - the command's answer


def kept(*, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Print every keeping."""
    text = SPEAKING.get()
    with opened_to_read(chosen_settings(store=store)) as opened:
        found = opened.keepings()
    if as_json:
        print_json([keeping_document(each) for each in found])
        return
    title = text(N_("Figures were kept {count} times")).format(count=text.number(len(found)))
    table = _table(title, N_("Known at"), N_("From"), N_("To"), N_("Changed"), N_("Plan"), N_("Rules"))
    for each in found:
        days = (text.day(each.first), text.day(each.last))
        table.add_row(
            text.minute(each.known_at), *days, text.number(each.changed), each.plan_version, each.rule_version
        )
    console().print(table)


def publish(
    period: PeriodArgument,
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    administrative: AdministrativeOption = False,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publish, and print number and digest: whoever keeps the digest elsewhere can prove later that nothing changed."""
    settings, text = chosen_settings(plan=plan, store=store), SPEAKING.get()
    wanted = read_period(period, is_administrative=administrative)
    province = chosen_plan(settings)
    with opened_store(settings, create=False) as opened:
        made = Publisher(opened, utc_now).publish(province, settings.max_ages(), wanted, who_does_it(by))
    if as_json:
        print_json(published_document(made))
    else:
        lines = (
            text(N_("Publication {number}: {period}, {first} to {last}, {lines} lines of figures and evidence")).format(
                number=made.number,
                period=_period(made),
                first=text.day(wanted.first),
                last=text.day(wanted.last),
                lines=text.number(made.lines),
            ),
            text(N_("Digest: {digest}")).format(digest=made.digest),
        )
        print("\n".join(lines))  # noqa: T201 - the command's answer


def published(*, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Print every publication."""
    text = SPEAKING.get()
    with opened_to_read(chosen_settings(store=store)) as opened:
        found = opened.publications()
    if as_json:
        print_json([published_document(each) for each in found])
        return
    title = text(N_("Publications: {count}")).format(count=text.number(len(found)))
    headings = (N_("Period"), N_("From"), N_("To"), N_("Published at"), N_("By"), N_("Lines"), N_("Digest"))
    table = _table(title, "", *headings)
    for each in found:
        at, lines = text.minute(each.published_at), text.number(each.lines)
        days = ("?", "?") if each.days is None else (text.day(each.days.first), text.day(each.days.last))
        table.add_row(str(each.number), Styled(_period(each)), *days, at, Styled(each.by), lines, each.digest)
    console().print(table)


def verify(
    number: NumberArgument = None,
    *,
    store: StoreOption = None,
    digest: DigestOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what came of it; exit code 1 where anything differs, a publication is missing or has another digest."""
    if digest is not None and number is None:
        raise CallError(N_("figure: --digest is one publication's; give its number too"))
    with opened_to_read(chosen_settings(store=store)) as opened:
        checks = Publisher(opened, utc_now).check(number, digest and digest.strip().lower())
    if number is not None and not checks:
        raise CallError(N_("figure: there is no publication {number}; see baophu figure list"), number=number)
    if as_json:
        print_json([check_document(each) for each in checks])
    elif not checks:
        print(SPEAKING.get()(N_("nothing was published yet")))  # noqa: T201 - the command's answer
    else:
        for each in checks:
            print(_told(each))  # noqa: T201 - the command's answer
    if not all(each.is_sound for each in checks):
        raise typer.Exit(1)


def _days(keeper: Keeper, start: str | None, until: str | None) -> tuple[date, date] | None:
    due = keeper.due()
    yesterday = keeper.yesterday()
    first = day_of("--from", start) if start else due[0] if due else None
    last = day_of("--to", until) if until else yesterday
    if first is None:
        return None
    if last > yesterday or first > last:
        raise CallError(
            N_("figure: from {first} to {last} can't be kept; give days that are over, the first one first"),
            first=first.isoformat(),
            last=last.isoformat(),
        )
    return first, last


def _period(made: Published) -> str:
    """The period's name, and whether it is an administrative one."""
    if made.days is None or not made.days.is_administrative:
        return made.period
    return SPEAKING.get()(N_("{period} (administrative)")).format(period=made.period)


def _told(check: Check) -> str:
    text = SPEAKING.get()
    if check.reason is None:
        return text(
            N_("Publication {number}: {figures} figures follow from their evidence, {lines} lines are sound")
        ).format(number=check.number, figures=text.number(check.figures), lines=text.number(check.lines))
    if check.line is None:
        return text(N_("Publication {number}: {reason}")).format(number=check.number, reason=said(check.reason, text))
    where = check.row or text(N_("unreadable"))
    return text(N_("Publication {number}: line {line} ({row}): {reason}")).format(
        number=check.number, line=check.line, row=where, reason=said(check.reason, text)
    )


def _table(title: str, *headings: str) -> Table:
    text = SPEAKING.get()
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(text(heading), overflow="fold")
    return table
