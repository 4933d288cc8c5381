"""`baophu collect`: ask devices what is there, and write what was seen into the ledger."""

from typing import Annotated

import typer

from baophu.commands.options import CredentialsOption, LabOption, PlanOption, StoreOption
from baophu.lab_session import LabSession
from baophu.seat import chosen_credentials, needs_seat, take_seat
from baophu.session import SPEAKING, chosen_plan, chosen_settings
from ledger.language import N_

HELP = N_(
    "Ask every device and service of the plan what is there (ICMP, SNMP, DHCP leases, mail, web, DNS), "
    "cycle by cycle, until Ctrl-C."
)


def collect(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    credentials: CredentialsOption = None,
    once: Annotated[bool, typer.Option("--once", help=N_("End after one cycle."))] = False,
    interval: Annotated[float | None, typer.Option(help=N_("Seconds between the starts of two cycles."), min=1)] = None,
    port: Annotated[
        int | None,
        typer.Option(help=N_("Serve the devices' samples to Prometheus on this loopback port."), min=0, max=65535),
    ] = None,
    lab: LabOption = None,
) -> None:
    """Collect; a second collector on the same store is refused."""
    session = LabSession(lab, SPEAKING.get()) if lab is not None else None
    settings = chosen_settings(plan, store, session.ledger_file if session else None)
    province = chosen_plan(settings)
    if port is not None and needs_seat(session):
        from baophu.samples_service import hand_over  # noqa: PLC0415 - a web server that is rarely wanted

        hand_over(port)
    take_seat(session, province)
    path = chosen_credentials(credentials, settings, session)
    from baophu.collecting import Wish, run_collecting  # noqa: PLC0415 - SNMP and SSH libraries that others don't need

    run_collecting(settings, province, path, Wish(interval=interval, once=once, port=port))
