"""`baophu discover`: what is there in the network, and what of it the plan doesn't know."""

from pathlib import Path
from typing import Annotated

import typer

from baophu.commands.options import CredentialsOption, JsonOption, LabOption, PlanOption
from baophu.json_answer import print_json
from baophu.lab_session import LabSession
from baophu.seat import take_seat
from baophu.session import SPEAKING, chosen_plan, chosen_settings
from ledger.language import N_

HELP = N_(
    "Find what is there: sweep ranges of addresses, or walk from a device to its neighbours, and list what the plan "
    "doesn't know."
)
#: Ended by Ctrl-C, as everywhere.
INTERRUPTED = 130


def discover(  # noqa: PLR0913 - the options of one command
    ranges: Annotated[
        list[str] | None, typer.Argument(metavar="[CIDR]...", help=N_("Ranges to sweep, such as 10.68.24.0/24."))
    ] = None,
    *,
    seed: Annotated[
        str | None,
        typer.Option(metavar="HOST", help=N_("Instead, a device to walk from, by LLDP, CDP and ARP tables.")),
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option(metavar="CIDR", help=N_("Ranges that the walk never leaves; the plan's own by default.")),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help=N_("Addresses to ask at most: 65,536 of a sweep, 4,096 of a walk."), min=1)
    ] = None,
    rate: Annotated[float, typer.Option(help=N_("Echoes a second."), min=0.1, max=10_000)] = 100.0,
    port: Annotated[int, typer.Option(help=N_("UDP port of the SNMP agents."), min=1, max=65535)] = 161,
    credentials: CredentialsOption = None,
    discovery_credentials: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=N_(
                "Credentials file (section snmp) for all that isn't a planned device of ours; else it gets echoes."
            ),
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help=N_("Write what isn't planned as rows for devices.csv."))
    ] = None,
    as_json: JsonOption = False,
    plan: PlanOption = None,
    lab: LabOption = None,
) -> None:
    """Look around; ends with 130 after Ctrl-C, having shown what was found so far."""
    session = LabSession(lab, SPEAKING.get()) if lab is not None else None
    settings = chosen_settings(plan)
    province = chosen_plan(settings)
    take_seat(session, province)
    from baophu.discovering import Wish, run_discovery  # noqa: PLC0415 - SNMP, which others don't need
    from baophu.discovery_tables import print_discovery  # noqa: PLC0415 - as above
    from collectors.credentials import read_snmp  # noqa: PLC0415 - as above
    from collectors.discovery.approach import Approach  # noqa: PLC0415 - as above
    from collectors.discovery.document import discovery_document  # noqa: PLC0415 - as above

    file = credentials or settings.credentials or (session.credentials() if session is not None else None)
    known = {Approach.PROVINCE: file, Approach.DISCOVERY: discovery_credentials}
    wish = Wish(
        ranges=tuple(ranges or ()),
        seed=seed,
        within=tuple(within or ()),
        limit=limit,
        rate=rate,
        port=port,
        csv=csv,
    )
    outcome = run_discovery(
        wish, province, {purpose: read_snmp(path) for purpose, path in known.items() if path is not None}
    )
    if as_json:
        document = discovery_document(outcome.discovery, outcome.route.ranges)
        document |= {"not_asked": outcome.left, "complete": outcome.is_whole}
        print_json(document)
    else:
        print_discovery(outcome, SPEAKING.get())
    if not outcome.is_whole:
        raise typer.Exit(INTERRUPTED)
