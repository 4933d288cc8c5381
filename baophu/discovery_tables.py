"""What was found in the network, as tables for people."""

from collections.abc import Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from baophu.discovering import Outcome
from baophu.tables import console
from collectors.discovery.acquaintance import Hint
from collectors.discovery.finding import Absence, Finding, Verdict
from collectors.discovery.one_device import Rule
from ledger.language import N_, Text

TITLES: Mapping[Verdict, str] = {
    Verdict.UNPLANNED: N_("Not in the plan: {count}"),
    Verdict.UNKNOWN: N_("In a planned LAN, MAC not known, so that it can't be told whether planned: {count}"),
    Verdict.RETIRED: N_("Retired by the plan, and still there: {count}"),
    Verdict.PLANNED: N_("In the plan: {count}"),
}
RULES: Mapping[Rule, str] = {
    Rule.PLAN: N_("by the plan"),
    Rule.ENGINE: N_("by SNMP engine and name"),
    Rule.SERIAL: N_("by serial number"),
    Rule.CHASSIS: N_("by name and chassis"),
    Rule.ADDRESSES: N_("by its own address table"),
}
ABSENCES: Mapping[Absence, str] = {
    Absence.SILENT: N_("doesn't answer"),
    Absence.NOT_REACHED: N_("not reached"),
}
#: Further addresses of one device, and further lines of a list, that are shown; --json has all.
SHOWN = 20


def print_discovery(outcome: Outcome, text: Text) -> None:
    """Print what was found: what isn't planned first, what is missing, and what was told of but not asked."""
    out, found = console(), outcome.discovery
    for verdict in Verdict:
        rows = [finding for finding in found.findings if finding.verdict is verdict]
        if rows or verdict is Verdict.UNPLANNED:
            title = text(TITLES[verdict]).format(count=text.number(len(rows)))
            out.print(_table(title, rows, text) if rows else Styled(title))
    if found.missing:
        title = text(N_("In the plan, and not found: {count}")).format(count=text.number(len(found.missing)))
        table = _bare(title, (N_("Asset"), N_("Address"), N_("Reason")), text)
        for each in found.missing:
            table.add_row(each.device.id, str(each.device.address), text(ABSENCES[each.absence]))
        out.print(table)
    for line in _remarks(outcome, text):
        out.print(line, style="yellow", markup=False)
    message = text(N_("{asked} addresses asked within {ranges}, {answered} answered"))
    ranges = [str(network) for network in outcome.route.ranges.networks]
    shown = ", ".join(ranges[:SHOWN]) + (" …" if len(ranges) > SHOWN else "")
    counts = {"asked": text.number(found.asked), "answered": text.number(found.answered)}
    out.print(message.format(ranges=shown, **counts), style="dim", markup=False)


def _bare(title: str, headings: Sequence[str], text: Text) -> Table:
    table = Table(title=Styled(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(text(heading), overflow="fold")
    return table


def _table(title: str, rows: Sequence[Finding], text: Text) -> Table:
    place = N_("Asset") if any(finding.asset for finding in rows) else N_("Site")
    table = _bare(title, (N_("Address"), place, N_("What it is"), "sysName", N_("Found by"), "MAC"), text)
    table.columns[-1].no_wrap = True
    for finding in rows:
        cells = (
            _addresses(finding, text),
            finding.asset or finding.site or "–",
            _what(finding),
            finding.name or "–",
            ", ".join(finding.ways),
            finding.mac or "–",
        )
        table.add_row(*(Styled(cell) for cell in cells))
    return table


def _addresses(finding: Finding, text: Text) -> str:
    """The address, and below it its device's others with the rule that joined them."""
    if not finding.others:
        return str(finding.address)
    others = ", ".join(map(str, finding.others[:SHOWN])) + (" …" if len(finding.others) > SHOWN else "")
    rules = ", ".join(text(RULES[rule]) for rule in finding.rules)
    return f"{finding.address}\n+ {others} ({rules})"


def _what(finding: Finding) -> str:
    identity = finding.identity
    if identity is None:
        return "–"
    return " ".join(part for part in (identity.vendor, identity.model, identity.os, identity.version) if part) or "–"


def _remarks(outcome: Outcome, text: Text) -> Iterator[str]:
    found = outcome.discovery
    for clash in found.clashes:
        message = text(N_("{one} and {other} look like one device ({rule}), and the plan has them apart"))
        yield message.format(one=clash.ends[0], other=clash.ends[1], rule=text(RULES[clash.rule]))
    problems = [(finding, problem) for finding in found.findings for problem in finding.problems]
    for finding, problem in problems[:SHOWN]:
        message = text(N_("Not read of {asset}: {table}")).format(
            asset=finding.asset or finding.address, table=problem.table
        )
        yield f"{message}: {problem.reason}"
    if len(problems) > SHOWN:
        yield text(N_("… and {count} more, with --json")).format(count=text.number(len(problems) - SHOWN))
    if found.outside:
        message = text(N_("Neighbours outside the ranges and not in the plan, which were not asked: {names}"))
        yield message.format(names=_names([_named(hint) for hint in found.outside]))
    if found.unaddressed:
        message = text(N_("Neighbours that tell no address: {names}"))
        names = [f"{_named(hint)} ({by})" for hint, by in found.unaddressed]
        yield message.format(names=_names(names))
    if outcome.left:
        message = text(N_("{count} more addresses were told of and not asked: the limit is {limit}; see --limit"))
        yield message.format(count=text.number(outcome.left), limit=text.number(outcome.route.limit))
    if not outcome.is_whole:
        yield text(N_("Ended before its time: this is what was found so far"))


def _named(hint: Hint) -> str:
    return " ".join(str(part) for part in (hint.name or hint.chassis_id, hint.address) if part)


def _names(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:SHOWN]) + (" …" if len(unique) > SHOWN else "")
