"""The options that several commands share, and what is refused of them."""

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ledger.errors import CallError
from ledger.language import N_
from ledger.plan.problem import nearest

PlanOption = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        help=N_("Folder of the province's registers (BAOPHU_PLAN, else beside the ledger, else inventory/lab)."),
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option("--store", help=N_("The ledger: a file or a database URL (BAOPHU_STORE, else .baophu/ledger.db).")),
]
CredentialsOption = Annotated[
    Path | None,
    typer.Option("--credentials", help=N_("Credentials file, readable by its owner only (BAOPHU_CREDENTIALS).")),
]
JsonOption = Annotated[bool, typer.Option("--json", help=N_("Print JSON for programs instead of a table."))]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help=N_("Evaluate at another time, such as 2026-12-31T09:30 (Vietnamese time).")),
]
UnitOption = Annotated[str | None, typer.Option("--unit", help=N_("Only this unit; for gaps, it and all below it."))]
IndicatorOption = Annotated[str | None, typer.Option("--indicator", help=N_("Only this indicator, such as HT06."))]
ByOption = Annotated[str | None, typer.Option("--by", help=N_("Who does it; by default who is logged in."))]
LabOption = Annotated[
    str | None,
    typer.Option("--lab", help=N_("Work inside the lab of this name: its namespaces, keys and ledger.")),
]


def refuse_unknown(option: str, value: str | None, known: Sequence[str]) -> None:
    """Raise CallError for a value that names nothing."""
    if value is not None and value not in known:
        raise CallError(
            N_("{name}: '{value}' is not known; nearest: {nearest}"),
            name=option,
            value=value,
            nearest=nearest(value, known),
        )


def who_does_it(by: str | None) -> str:
    """The name that is kept with an import; raises CallError."""
    try:
        name = (getpass.getuser() if by is None else by).strip()
    except (OSError, KeyError):
        name = ""
    if not name or not name.isprintable():
        raise CallError(N_("--by: '{value}' is no name; say who takes the file in"), value=by or "")
    return name
