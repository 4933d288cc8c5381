"""The commands `lab …`: what ICT staff and tests type to boot a province, break it and mend it."""

import json
import sys
from collections.abc import Callable
from os import environ
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lab.images import Image
from lab.lab import Lab
from lab.place import DEFAULT_CACHE, DEFAULT_NAME, DEFAULT_ROOT, Place
from lab.status import LabStatus
from ledger.language import N_, Text, chosen_language

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help=N_("A whole province in real hosts on this machine.")
)

Name = Annotated[
    str, typer.Option("--name", envvar="BAOPHU_LAB", help=N_("Name of the lab; several run side by side."))
]
Folder = Annotated[Path, typer.Option("--plan", envvar="BAOPHU_PLAN", help=N_("Folder of the province's registers."))]
Kind = Annotated[Image, typer.Option("--image", envvar="LAB_IMAGE", help=N_("Image that hosts boot from."))]
AsJson = Annotated[bool, typer.Option("--json", help=N_("Print JSON."))]
LinkId = Annotated[str, typer.Argument(help=N_("A link of the plan."))]
PcId = Annotated[str, typer.Argument(help=N_("A workstation of the plan."))]
UnitId = Annotated[str, typer.Argument(help=N_("A unit of the plan."))]
HostId = Annotated[str, typer.Argument(help=N_("A device or workstation of the plan."))]
SiteId = Annotated[str, typer.Argument(help=N_("A site of the plan, or one host."))]


def chosen_lab(name: str, text: Text) -> Lab:
    """The lab `name`, in the folders that BAOPHU_LAB_DIR and BAOPHU_CACHE say."""
    root = Path(environ.get("BAOPHU_LAB_DIR", DEFAULT_ROOT))
    cache = Path(environ.get("BAOPHU_CACHE", DEFAULT_CACHE))
    return Lab(Place.of(name, root, cache), say=text)


def known_labs() -> tuple[str, ...]:
    """The names of all labs that have state in BAOPHU_LAB_DIR, up or not."""
    root = Path(environ.get("BAOPHU_LAB_DIR", DEFAULT_ROOT))
    return tuple(sorted(path.name for path in root.iterdir() if path.is_dir())) if root.is_dir() else ()


def spoken(context: typer.Context) -> Text:
    """The reader's language: the composition root's choice (the context's object), else the environment's."""
    return context.find_object(Text) or Text(chosen_language(None, environ))


def _progress(text: Text) -> Callable[[str], None]:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    return lambda message: console.print(f"{text(N_('lab'))}: {message}", markup=False)


@app.command(help=N_("Boot every host of a plan and wait until each answers."))
def up(
    context: typer.Context, name: Name = DEFAULT_NAME, plan: Folder = Path("inventory/lab"), image: Kind = Image.FULL
) -> None:
    """Boot a plan."""
    text = spoken(context)
    chosen_lab(name, text).up(plan, image, _progress(text))


@app.command(help=N_("Take the lab down, however far it got; works always."))
def down(
    context: typer.Context,
    name: Name = DEFAULT_NAME,
    every: Annotated[bool, typer.Option("--all", help=N_("Every lab of this folder, the demo's too."))] = False,
) -> None:
    """Take it down."""
    for each in known_labs() if every else (name,):
        chosen_lab(each, spoken(context)).down()


@app.command(help=N_("Show the hosts, and what was cut, pulled out, moved or switched off."))
def status(context: typer.Context, name: Name = DEFAULT_NAME, as_json: AsJson = False) -> None:
    """Show it."""
    text = spoken(context)
    found = chosen_lab(name, text).status()
    if as_json:
        sys.stdout.write(json.dumps(found.as_json(), indent=2) + "\n")
    else:
        _show(found, text)


def _show(found: LabStatus, text: Text) -> None:
    console = Console(highlight=False)
    table = Table(*(text(title) for title in (N_("Host"), N_("Role"), N_("Site"), N_("Management"), N_("State"))))
    for host in found.hosts:
        state = text(N_("running")) if host.running else text(N_("off"))
        table.add_row(host.id, host.role, host.site or "", host.address, state)
    console.print(table)
    faults = found.record.faults
    for title, ids in ((N_("Cut"), faults.cut), (N_("Unplugged"), faults.unplugged)):
        if ids:
            console.print(f"{text(title)}: {', '.join(sorted(ids))}", markup=False)
    for pc, socket in sorted(faults.moves.items()):
        console.print(f"{text(N_('Moved'))}: {pc} → {socket.host} {socket.port}", markup=False)


@app.command(
    "exec",
    help=N_("Run a command inside a host."),
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
def execute(
    context: typer.Context,
    host: HostId,
    command: Annotated[list[str], typer.Argument(help=N_("The command and its arguments."))],
    name: Name = DEFAULT_NAME,
) -> None:
    """Run a command."""
    words = command[1:] if command[0] == "--" else command
    raise typer.Exit(chosen_lab(name, spoken(context)).exec(host, words))


@app.command(help=N_("Cut a link: both ends lose carrier."))
def cut(context: typer.Context, link: LinkId, name: Name = DEFAULT_NAME) -> None:
    """Cut a link."""
    chosen_lab(name, spoken(context)).cut(link)


@app.command(help=N_("Mend a cut link."))
def mend(context: typer.Context, link: LinkId, name: Name = DEFAULT_NAME) -> None:
    """Mend a link."""
    chosen_lab(name, spoken(context)).mend(link)


@app.command(help=N_("Pull a workstation's network cable."))
def unplug(context: typer.Context, workstation: PcId, name: Name = DEFAULT_NAME) -> None:
    """Pull a cable."""
    chosen_lab(name, spoken(context)).unplug(workstation)


@app.command(help=N_("Plug a workstation's cable in again."))
def plug(context: typer.Context, workstation: PcId, name: Name = DEFAULT_NAME) -> None:
    """Plug a cable."""
    chosen_lab(name, spoken(context)).plug(workstation)


@app.command(help=N_("Carry a workstation to another unit and plug it in there; to its own unit brings it home."))
def move(context: typer.Context, workstation: PcId, unit: UnitId, name: Name = DEFAULT_NAME) -> None:
    """Move a workstation."""
    chosen_lab(name, spoken(context)).move(workstation, unit)


@app.command("power-off", help=N_("Cut a site's power, or one host's, without a clean shutdown."))
def power_off(context: typer.Context, site: SiteId, name: Name = DEFAULT_NAME) -> None:
    """Cut the power."""
    chosen_lab(name, spoken(context)).power_off(site)


@app.command("power-on", help=N_("Give a site or a host its power back."))
def power_on(context: typer.Context, site: SiteId, name: Name = DEFAULT_NAME) -> None:
    """Restore the power."""
    text = spoken(context)
    chosen_lab(name, text).power_on(site, _progress(text))
