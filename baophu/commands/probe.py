"""`baophu probe`: what one device tells over SNMP."""

from pathlib import Path
from typing import Annotated

import typer

from baophu.commands.options import CredentialsOption, JsonOption, LabOption
from baophu.json_answer import print_json
from baophu.lab_session import LabSession
from baophu.seat import take_seat
from baophu.session import SPEAKING, chosen_plan, chosen_settings
from ledger.language import N_

HELP = N_("Show what a device tells over SNMP: who it is, its interfaces, neighbours, VLANs, sensors.")


def probe(  # noqa: PLR0913 - the options of one command
    host: Annotated[str, typer.Argument(metavar="HOST", help=N_("Its name or address."))],
    *,
    port: Annotated[int, typer.Option(help=N_("UDP port of its agent."), min=1, max=65535)] = 161,
    version: Annotated[
        str | None, typer.Option("--version", help=N_("SNMP version 3, 2c or 1; the credentials' own by default."))
    ] = None,
    credentials: CredentialsOption = None,
    community: Annotated[
        str | None,
        typer.Option(
            help=N_("A community, only where it is no secret, such as a test's: other users can read it here.")
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(help=N_("Seconds to wait for a reply, at first."), min=0.1, max=60)] = 2.0,
    deadline: Annotated[float, typer.Option(help=N_("Seconds for all of it."), min=1, max=600)] = 60.0,
    definitions: Annotated[
        Path | None, typer.Option(help=N_("A folder of further definitions (*.yml), besides our own."))
    ] = None,
    as_json: JsonOption = False,
    lab: LabOption = None,
) -> None:
    """Ask one device; exit with 1 where it doesn't answer."""
    from baophu.probing import Question, asked_with, printed, run_probe  # noqa: PLC0415 - SNMP, which others don't need

    session = LabSession(lab, SPEAKING.get()) if lab is not None else None
    settings = chosen_settings()
    if session is not None:
        take_seat(session, chosen_plan(settings))
    file = credentials or settings.credentials or (session.credentials() if session is not None else None)
    asked = asked_with(file, community, version)
    question = Question(host=host, port=port, credentials=asked, timeout_seconds=timeout, deadline_seconds=deadline)
    document = run_probe(question, definitions)
    if as_json:
        print_json(document)
    else:
        printed(document, SPEAKING.get())
