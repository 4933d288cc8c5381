"""`baophu definitions`: how devices are told apart, as files that ICT staff can add to, and what a recording yields."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as Styled

from baophu.commands.options import JsonOption
from baophu.json_answer import print_json
from baophu.session import SPEAKING
from baophu.tables import console
from collectors.fault import Fault
from collectors.snmp.definition import Status
from collectors.snmp.definition_files import OURS, read_definitions
from collectors.snmp.identity import Identity, identify
from collectors.snmp.recording import open_recording
from ledger.errors import ConfigurationError
from ledger.language import N_, Text

FurtherArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[FOLDER]", help=N_("A folder of further definitions (*.yml), besides our own.")),
]
FurtherOption = Annotated[
    Path | None,
    typer.Option("--definitions", help=N_("A folder of further definitions (*.yml), besides our own.")),
]
CHECK_HELP = N_("Read every definition and report every problem with file, line and remedy.")
TRY_HELP = N_("Show what a recording (.snmprec, .snmprec.bz2) yields.")
#: What is shown of an identity, in this order.
LABELS: Mapping[str, str] = {
    "vendor": N_("Vendor"),
    "os": N_("Operating system"),
    "model": N_("Model"),
    "version": N_("Version"),
    "serial": N_("Serial number"),
    "why": N_("Why"),
    "name": "sysName",
    "descr": "sysDescr",
    "object_id": "sysObjectID",
}


def build_app() -> typer.Typer:
    """Build the group `definitions`."""
    app = typer.Typer(
        help=N_("How vendors and models are told: check the definitions, and try them on a recording."),
        no_args_is_help=True,
    )
    app.command("check", help=CHECK_HELP)(check)
    app.command("try", help=TRY_HELP)(try_recording)
    return app


def check(folder: FurtherArgument = None) -> None:
    """Exit with 0 and a summary where all definitions are sound; DefinitionError otherwise."""
    text = SPEAKING.get()
    found = read_definitions(folder)
    recorded = sum(known.status is Status.RECORDED for known in found)
    message = text(N_("{folder}: {count} definitions are sound, {recorded} of them tested on recordings"))
    where = str(OURS) if folder is None else f"{OURS}, {folder}"
    print(  # noqa: T201 - the command's answer
        message.format(folder=where, count=text.number(len(found)), recorded=text.number(recorded))
    )


def try_recording(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("The recording of a device."))],
    definitions: FurtherOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play the recording and show who it is; RecordingError where it has lines that are none."""
    known = read_definitions(definitions)
    recording = open_recording(file)
    skipped = recording.check()
    identity = asyncio.run(identify(recording, known))
    if isinstance(identity, Fault):
        raise ConfigurationError(N_("definitions: {file}: {reason}"), file=file, reason=identity.text)
    if as_json:
        document = identity_document(identity) | {"packets": recording.packets, "skipped_lines": skipped}
        print_json(document)
        return
    text = SPEAKING.get()
    console().print(identity_table(identity, file.name, text))
    notes = [(N_("{count} requests would have been sent"), recording.packets)]
    if skipped:
        notes.append((N_("{count} lines are made up by a variation module and were left out"), skipped))
    for message, count in notes:
        console().print(text(message).format(count=text.number(count)), style="dim", markup=False)


def identity_document(identity: Identity) -> dict[str, Any]:
    """`{"definition", "vendor", "os", "model", "version", "serial", "why", "sys_name", …}`; null: it isn't told."""
    told = asdict(identity)
    keys = ("definition", "vendor", "os", "model", "version", "serial", "why")
    system = {f"sys_{name}": told[name] for name in ("name", "descr", "object_id")}
    return {key: told[key] for key in keys} | system | {key: [*told[key]] for key in ("members", "problems")}


def identity_table(identity: Identity, title: str, text: Text) -> Table:
    """One line per thing that is told, then a stack's members and what could not be read."""
    table = Table(title=Styled(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, label in LABELS.items():
        table.add_row(text(label), Styled(getattr(identity, name) or "–"))
    for member in identity.members:
        parts = (member.model, member.version, member.serial)
        label = text(N_("Chassis {index}")).format(index=member.index)
        table.add_row(label, Styled(", ".join(part for part in parts if part) or "–"))
    for problem in identity.problems:
        table.add_row(text(N_("Not read: {table}")).format(table=problem.table), Styled(problem.reason, style="yellow"))
    return table
