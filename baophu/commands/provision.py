"""`baophu provision`: run a playbook over the plan, with Ansible's output in a file and a progress line on screen."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from baophu.commands.options import LabOption, PlanOption, StoreOption
from baophu.lab_session import LabSession
from baophu.progress import playbook_message, progress_line
from baophu.provisioning import Access, Run, playbook_path, run_playbook
from baophu.session import SPEAKING, chosen_plan, chosen_settings, opened_store
from ledger.language import N_

HELP = N_(
    "Run a playbook over the plan's hosts: site (wan, lan, mail, web, workstations, monitoring, in this order), "
    "one of those, monitoring_server, or verify."
)


def provision(
    *,
    playbook: Annotated[str, typer.Argument(help=N_("The playbook's name."))] = "site",
    plan: PlanOption = None,
    store: StoreOption = None,
    check: Annotated[bool, typer.Option("--check", help=N_("Dry run: show every change, make none."))] = False,
    limit: Annotated[str | None, typer.Option(help=N_("Only these hosts or groups, in Ansible's notation."))] = None,
    log: Annotated[Path | None, typer.Option(help=N_("File for Ansible's output (.baophu/ansible.log)."))] = None,
    in_band: Annotated[
        bool,
        typer.Option("--in-band", help=N_("Reach hosts at their planned addresses, through the province's server.")),
    ] = False,
    lab: LabOption = None,
) -> None:
    """Run it; what hosts came to is in the ledger."""
    text = SPEAKING.get()
    playbook_path(playbook)
    session = LabSession(lab, text) if lab is not None else None
    settings = chosen_settings(plan, store, session.ledger_file if session else None)
    chosen_plan(settings)
    with opened_store(settings, create=True):
        pass
    run = Run(
        playbook=playbook,
        plan=settings.plan,
        store=settings.store_url(),
        log=log or (session.log("ansible") if session else Path(".baophu/ansible.log")),
        strategy=settings.strategy,
        check=check,
        limit=limit,
        in_band=in_band,
    )
    console = Console(stderr=True, highlight=False)
    with progress_line(console) as line:
        run_playbook(run, session.access() if session else Access(), lambda p: line.show(playbook_message(p, text)))
    console.print(text(N_("Done; Ansible's output: {log}")).format(log=run.log), markup=False)
