"""`baophu profile`: made-up provinces after real documents, as a plan and a ledger."""

import shlex
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from baophu.commands.options import JsonOption, StoreOption, refuse_unknown
from baophu.json_answer import print_json
from baophu.profiles import Loaded, load_profile
from baophu.progress import progress_line
from baophu.session import SPEAKING, chosen_settings, utc_now
from baophu.settings import Settings
from baophu.tables import console
from ledger.declared.statement import Mark
from ledger.language import N_
from ledger.profiles import NAMES, Facts, read_facts
from ledger.wording import MARKS, called

LIST_HELP = N_("List the profiles: provinces made up after real documents, whose figures come out exactly.")
LOAD_HELP = N_("Write a profile's plan beside the ledger, and what is declared and seen into the ledger.")
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("One of `baophu profile list`."))]
ToOption = Annotated[
    Path | None, typer.Option("--to", metavar="FOLDER", help=N_("Write the plan there instead of beside the ledger."))
]


def build_app() -> typer.Typer:
    """Build the group `profile`."""
    app = typer.Typer(help=N_("Example provinces, made up after real documents."), no_args_is_help=True)
    app.command("list", help=LIST_HELP)(list_profiles)
    app.command("load", help=LOAD_HELP)(load)
    return app


def list_profiles(*, as_json: JsonOption = False) -> None:
    """Print the profiles with what their values are."""
    known = [read_facts(name) for name in NAMES]
    if as_json:
        print_json([_document(facts) for facts in known])
        return
    text = SPEAKING.get()
    title = text(N_("Profiles: {count}")).format(count=text.number(len(known)))
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in (N_("Profile"), N_("Name"), N_("Day"), N_("Values of documents")):
        table.add_column(text(heading), overflow="fold")
    for facts in known:
        said = text.number(_values(facts)[Mark.DOCUMENT])
        table.add_row(facts.id, Styled(text.name(facts.name_vi, facts.name_en)), text.day(facts.day), said)
    console().print(table)


def _document(facts: Facts) -> dict[str, Any]:
    """A profile as JSON values; `values` counts what is said of wholes, by mark."""
    return {
        "id": facts.id,
        "name_vi": facts.name_vi,
        "name_en": facts.name_en,
        "day": facts.day.isoformat(),
        "values": {str(mark): count for mark, count in _values(facts).items()},
        "is_synthetic": True,
    }


def _values(facts: Facts) -> Counter[Mark]:
    return Counter(Mark(row.cells["mark"] or Mark.DOCUMENT) for row in facts.sections["values"])


def load(name: NameArgument, *, store: StoreOption = None, to: ToOption = None, as_json: JsonOption = False) -> None:
    """Load the profile, and say that it is made up and what to type next."""
    refuse_unknown("NAME", name, NAMES)
    settings, text = chosen_settings(store=store), SPEAKING.get()
    with progress_line(Console(stderr=True, highlight=False)) as line:
        loaded = load_profile(name, settings, to, utc_now, lambda message: line.show(text(message)))
    following = _next_command(loaded, store)
    if as_json:
        print_json(_loaded_document(loaded, settings, following))
    else:
        for shown in _lines(loaded, settings, following):
            print(shown)  # noqa: T201 - the command's answer


def _loaded_document(loaded: Loaded, settings: Settings, following: str) -> dict[str, Any]:
    return {
        **_document(loaded.profile.facts),
        "plan": str(loaded.folder),
        "store": settings.store,
        "units": len(loaded.plan.units),
        "declared": _marks(loaded),
        "observations": loaded.observations,
        "is_new": loaded.is_new,
        "next": following,
    }


def _marks(loaded: Loaded) -> dict[str, int]:
    counted = Counter(said.mark for said in loaded.profile.statements)
    return {str(mark): counted[mark] for mark in Mark}


def _lines(loaded: Loaded, settings: Settings, following: str) -> list[str]:
    text, facts = SPEAKING.get(), loaded.profile.facts
    named = {"profile": facts.id, "name": text.name(facts.name_vi, facts.name_en)}
    loading = N_("Loaded {profile}: {name}") if loaded.is_new else N_("{profile} was there already: {name}")
    marks = [f"{called(MARKS, mark, text)} {text.number(count)}" for mark, count in _marks(loaded).items() if count]
    counts = {"units": text.number(len(loaded.plan.units)), "marks": ", ".join(marks) or "–"}
    return [
        text(loading).format(**named),
        text(N_("The province is made up (synthetic); only values marked “from a document” are a document's.")),
        text(N_("Units: {units}. Declared values: {marks}. Observations: {seen}.")).format(
            **counts, seen=text.number(loaded.observations)
        ),
        text(N_("Plan: {plan}. Ledger: {store}.")).format(plan=loaded.folder, store=settings.store),
        text(N_("Next: {command}")).format(command=following),
    ]


def _next_command(loaded: Loaded, store: str | None) -> str:
    """`baophu coverage` with what it takes to find this plan and this ledger."""
    is_found = chosen_settings(store=store).plan.absolute() == loaded.folder.absolute()
    root = next(unit.id for unit in loaded.plan.units.values() if unit.parent is None)
    words = ["baophu", "coverage", "--unit", root]
    words += ["--store", store] if store is not None else []
    words += [] if is_found else ["--plan", str(loaded.folder)]
    return shlex.join(words)
