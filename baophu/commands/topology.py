"""`baophu topology`: the cabling, planned and seen."""

import sys
from typing import Annotated

import typer

from baophu.commands.coverage import evaluated
from baophu.commands.options import AtOption, JsonOption, PlanOption, StoreOption, UnitOption
from baophu.json_answer import print_json
from baophu.session import SPEAKING
from baophu.tables import console
from baophu.topology_views import topology_graph, topology_table
from ledger.document import topology_document
from ledger.errors import CallError
from ledger.language import N_
from ledger.topology import Cabling

HELP = N_("Compare every planned link with what devices hear on their ports: right, missing, wrong port, unexpected.")
VerdictOption = Annotated[Cabling | None, typer.Option("--verdict", help=N_("Only cables with this verdict."))]
GraphOption = Annotated[bool, typer.Option("--dot", help=N_("Print a drawing for Graphviz instead of a table."))]


def show_topology(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    unit: UnitOption = None,
    verdict: VerdictOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    as_graph: GraphOption = False,
) -> None:
    """Print every cable of the units asked for, those that need somebody first."""
    if as_json and as_graph:
        raise CallError(N_("topology: --json and --dot are two forms of one answer; give one of them"))
    province, snapshot = evaluated(plan, store, at, unit, None)
    below = None if unit is None else frozenset(province.subtree(unit))
    rows = [row for row in snapshot.topology if below is None or row.unit in below]
    rows = [row for row in rows if verdict in (None, row.verdict)]
    if as_json:
        print_json([topology_document(row) for row in rows])
    elif as_graph:
        sys.stdout.write(topology_graph(rows, province, SPEAKING.get()))
    else:
        console().print(topology_table(rows, snapshot.as_of, SPEAKING.get()))
