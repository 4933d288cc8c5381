"""`baophu listen`: take what devices say unasked, and have the collectors ask them."""

from typing import Annotated

import typer

from baophu.commands.options import CredentialsOption, LabOption, PlanOption, StoreOption
from baophu.lab_session import LabSession
from baophu.seat import chosen_credentials, needs_seat, take_seat
from baophu.session import SPEAKING, chosen_plan, chosen_settings
from ledger.language import N_

HELP = N_(
    "Take SNMP traps, informs and syslog of the plan's devices, and have `baophu collect` ask those devices at once, "
    "until Ctrl-C."
)
TRAP_PORT, SYSLOG_PORT, METRICS_PORT = 162, 514, 8475


def listen(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    credentials: CredentialsOption = None,
    host: Annotated[str, typer.Option(help=N_("IPv4 address to listen on."))] = "0.0.0.0",  # noqa: S104 - senders are elsewhere, and checked
    trap_port: Annotated[
        int, typer.Option(help=N_("UDP port for SNMP traps and informs."), min=0, max=65535)
    ] = TRAP_PORT,
    syslog_port: Annotated[int, typer.Option(help=N_("UDP port for syslog."), min=0, max=65535)] = SYSLOG_PORT,
    port: Annotated[
        int, typer.Option(help=N_("Serve metrics to Prometheus on this loopback port."), min=0, max=65535)
    ] = METRICS_PORT,
    lab: LabOption = None,
) -> None:
    """Listen; nothing is written, and devices are only ever asked by the collectors."""
    session = LabSession(lab, SPEAKING.get()) if lab is not None else None
    settings = chosen_settings(plan, store, session.ledger_file if session else None)
    province = chosen_plan(settings)
    if needs_seat(session):
        from baophu.samples_service import hand_over  # noqa: PLC0415 - a web server that is rarely wanted

        hand_over(port)
    take_seat(session, province)
    path = chosen_credentials(credentials, settings, session)
    from baophu.listening_service import Ears, run_listening  # noqa: PLC0415 - libraries that others don't need

    ears = Ears(host=host, trap_port=trap_port, syslog_port=syslog_port, metrics_port=port)
    run_listening(settings, province, path, ears)
