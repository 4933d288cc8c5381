"""`baophu demo`: a whole province on this machine, from an empty ledger to figures that a planner reads."""

from typing import Annotated

import typer

from baophu.commands.options import PlanOption
from baophu.commands.serve import DEFAULT_PORT
from baophu.lab_session import LabSession
from baophu.session import SPEAKING, chosen_settings
from lab.images import Image
from ledger.language import N_

HELP = N_(
    "Boot a lab of real hosts from the plan, show coverage before, provision, collect, show coverage after, "
    "and keep API and exporter running until Ctrl-C."
)


def demo(
    *,
    plan: PlanOption = None,
    lab: Annotated[str, typer.Option("--lab", help=N_("Name of the lab to boot."))] = "demo",
    image: Annotated[
        Image, typer.Option(help=N_("full: packages lie in the image; bare: installed from the pool."))
    ] = Image.FULL,
    port: Annotated[int, typer.Option(help=N_("TCP port of API and exporter."))] = DEFAULT_PORT,
    once: Annotated[bool, typer.Option("--once", help=N_("End and take the lab down instead of waiting."))] = False,
) -> None:
    """Run the demo; however it ends, the lab is taken down."""
    from baophu.demonstration import run_demo  # noqa: PLC0415 - what it needs, other commands don't

    session = LabSession(lab, SPEAKING.get())
    run_demo(chosen_settings(plan=plan, store=str(session.ledger_file)), session, image, port, once=once)
