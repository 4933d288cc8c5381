"""The page's declared figures: beside what was measured, in the reader's words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from api.page.declared import declared_lines
from ledger.declared.amount import NoAmount, Qualifier, read_amount
from ledger.declared.statement import Declared, Mark, Scope, Statement
from ledger.figure import Snapshot
from ledger.language import Language, Text
from ledger.plan import Level, Plan
from ledger.reconcile.figures import figures_of

VI = Text(Language.VI)
NBSP = "\N{NO-BREAK SPACE}"


def said(indicator: str, unit: str, amount: str, **more: object) -> Declared:
    read = read_amount(amount)
    assert not isinstance(read, NoAmount)
    values = {"indicator": indicator, "unit": unit, "day": date(2026, 10, 31), "amount": read, "scope": Scope.SUBTREE}
    return Declared(Statement(**{**values, **more}), 1)  # type: ignore[arg-type]


def test_each_says_what_was_declared_and_what_was_measured(
    make_snapshot: Callable[..., Snapshot], lab_plan: Plan
) -> None:
    snapshot = make_snapshot()
    declared = [
        said("HT04", "68", "3/4", mark=Mark.SYNTHETIC),
        said("UD04", "68", "gần 1,2 triệu"),
        said("UD06", "68", "2/2", scope=Scope.LEVEL, level=Level.COMMUNE),
    ]
    figures = list(figures_of(lab_plan, snapshot.rows, snapshot.as_of, declared))
    lines = {
        (line.figure.indicator, line.counted): line
        for line in declared_lines(replace(snapshot, figures=tuple(figures)), lab_plan, "68", VI)
    }
    links = lines["HT04", ""]
    assert (links.value, links.counts, links.measured) == (f"75{NBSP}%", "3/4", f"100{NBSP}%")
    assert (links.difference, links.mark, links.target, links.met) == (
        "−25 điểm phần trăm",
        "giả lập",
        f"100{NBSP}%",
        False,
    )
    documents = lines["UD04", ""]
    assert (documents.value, documents.measured, documents.figure.qualifier) == ("gần 1.200.000", "", Qualifier.NEARLY)
    assert lines["UD06", "cấp xã"].counts == "2/2"
    assert Decimal(str(documents.figure.value)) == Decimal(1_200_000)
