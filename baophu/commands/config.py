"""`baophu config`: what routers and switches are configured to do, version by version, and who changed it."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from baophu.commands.options import CredentialsOption, JsonOption, LabOption, PlanOption, StoreOption
from baophu.configuration_tables import (
    change_document,
    difference,
    log_table,
    reading_document,
    readings_table,
)
from baophu.json_answer import print_json
from baophu.lab_session import LabSession
from baophu.progress import progress_line
from baophu.seat import chosen_credentials, take_seat
from baophu.session import SPEAKING, chosen_plan, chosen_settings, instant, opened_to_read, utc_now
from baophu.settings import Settings
from baophu.tables import console
from collectors.schedule import PlanSchedule
from ledger.configuration import Version, explained
from ledger.errors import CallError, ConfigurationError
from ledger.language import N_
from ledger.plan import AssetKind, Device, Plan
from ledger.plan.problem import nearest
from ledger.store import Store

#: What has a running configuration.
KINDS = (AssetKind.ROUTER, AssetKind.SWITCH)
DeviceArgument = Annotated[str, typer.Argument(metavar="DEVICE", help=N_("A router or switch of the plan."))]
OneDevice = Annotated[
    str | None, typer.Argument(metavar="[DEVICE]", help=N_("Only this router or switch; without it, all."))
]
VersionOption = Annotated[int | None, typer.Option("--version", min=1, help=N_("This version instead of the latest."))]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help=N_("The version of another time, such as 2026-12-31T09:30 (Vietnamese time).")),
]


def build_app() -> typer.Typer:
    """Build the group `config`."""
    app = typer.Typer(
        help=N_("Configurations of routers and switches: read them, and show who changed what and when."),
        no_args_is_help=True,
    )
    app.command("collect", help=N_("Read running configurations over SSH and keep what changed, secrets masked."))(
        collect
    )
    app.command("log", help=N_("List the versions that were kept: when they were seen, and who changed what."))(log)
    app.command("show", help=N_("Print one version, secrets masked."))(show)
    app.command("diff", help=N_("Show what changed between two versions; without them, by the last change."))(diff)
    return app


def collect(
    *,
    devices: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DEVICE]...", help=N_("Only these routers and switches; without them, all.")),
    ] = None,
    plan: PlanOption = None,
    store: StoreOption = None,
    credentials: CredentialsOption = None,
    as_json: JsonOption = False,
    lab: LabOption = None,
) -> None:
    """Read and keep; exits with 1 where a device could not be read, after all others were."""
    settings, session = _chosen(plan, store, lab)
    province = chosen_plan(settings)
    asked = _asked(province, devices or [])
    take_seat(session, province)
    path = chosen_credentials(credentials, settings, session)
    from baophu.configurations import collect_configurations  # noqa: PLC0415 - SSH libraries that others don't need

    text = SPEAKING.get()
    message = text(N_("{done} of {all} devices read"))
    with progress_line(Console(stderr=True, highlight=False)) as line:
        readings = collect_configurations(
            settings, asked, path, lambda done: line.show(message.format(done=done, all=len(asked)))
        )
    documents = [reading_document(reading) for reading in readings]
    if as_json:
        print_json(documents)
    else:
        console().print(readings_table(readings, text))
    if not all(document["ok"] for document in documents):
        raise typer.Exit(1)


def log(
    *,
    device: OneDevice = None,
    plan: PlanOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lab: LabOption = None,
) -> None:
    """Print versions, the newest first."""
    settings, _ = _chosen(plan, store, lab)
    province = chosen_plan(settings)
    with opened_to_read(settings) as opened:
        if device is not None:
            _versions(opened, province, device)
        changes = explained(opened.configuration_versions(device), opened.changing_runs(device))
    newest = sorted(changes, key=lambda change: change.version.first_at, reverse=True)
    if as_json:
        print_json([change_document(change) for change in newest])
    else:
        console().print(log_table(newest, SPEAKING.get()))


def show(
    *,
    device: DeviceArgument,
    version: VersionOption = None,
    at: AtOption = None,
    plan: PlanOption = None,
    store: StoreOption = None,
    lab: LabOption = None,
) -> None:
    """Print a version as it was kept."""
    settings, _ = _chosen(plan, store, lab)
    if version is not None and at is not None:
        raise CallError(N_("config: give --version or --at, not both"))
    when = instant(at)
    with opened_to_read(settings) as opened:
        versions = _versions(opened, chosen_plan(settings), device)
        if when is not None:
            versions = [known for known in versions if known.first_at <= when]
            if not versions:
                raise ConfigurationError(N_("config: '{device}' was first read later than {at}"), device=device, at=at)
        found = _numbered(versions, version) if version is not None else versions[-1]
        sys.stdout.write(_text(opened, found))


def diff(
    *,
    device: DeviceArgument,
    old: Annotated[int | None, typer.Argument(min=1, metavar="[OLD]", help=N_("The version to start from."))] = None,
    new: Annotated[int | None, typer.Argument(min=1, metavar="[NEW]", help=N_("The version to end at."))] = None,
    plan: PlanOption = None,
    store: StoreOption = None,
    lab: LabOption = None,
) -> None:
    """Print a unified difference, coloured on a terminal."""
    settings, _ = _chosen(plan, store, lab)
    text = SPEAKING.get()
    with opened_to_read(settings) as opened:
        versions = _versions(opened, chosen_plan(settings), device)
        after = _numbered(versions, new) if new is not None else versions[-1]
        if old is None and after.number == 1:
            console().print(text(N_("{device}: read, and unchanged since")).format(device=device), markup=False)
            return
        before = _numbered(versions, old if old is not None else after.number - 1)
        sides = [(f"{v.device} {v.number} ({text.instant(v.first_at)})", _text(opened, v)) for v in (before, after)]
    out = console()
    for line in difference(sides[0], sides[1]):
        out.print(line, soft_wrap=True)
    low, high = sorted((before.number, after.number))
    if any(known.secrets_changed for known in versions if low < known.number <= high):
        out.print(text(N_("Secrets changed, too; they are masked.")), markup=False)


def _chosen(plan: PlanOption, store: StoreOption, lab: LabOption) -> tuple[Settings, LabSession | None]:
    session = LabSession(lab, SPEAKING.get()) if lab is not None else None
    return chosen_settings(plan, store, session.ledger_file if session else None), session


def _asked(plan: Plan, names: Sequence[str]) -> list[Device]:
    due = {device.id: device for device in PlanSchedule(plan).due(utc_now()) if device.kind in KINDS}
    for name in names:
        if name in due:
            continue
        if name in plan.devices and plan.devices[name].kind in KINDS:
            raise ConfigurationError(
                N_("config: '{device}' is not to be asked: not ours, not yet planned, retired or exempt"), device=name
            )
        raise _unknown(name, list(due))
    return [device for device in due.values() if not names or device.id in names]


def _versions(store: Store, plan: Plan, device: str) -> list[Version]:
    """The device's versions, at least one; a device that left the plan keeps its history. Raises ConfigurationError."""
    versions = store.configuration_versions(device)
    if versions:
        return list(versions)
    known = [known.id for known in plan.devices.values() if known.kind in KINDS]
    if device in known:
        raise ConfigurationError(
            N_("config: '{device}' was never read; run `baophu config collect {device}`"), device=device
        )
    raise _unknown(device, known)


def _unknown(device: str, known: list[str]) -> CallError:
    return CallError(
        N_("config: '{device}' is no router or switch of the plan; nearest: {nearest}"),
        device=device,
        nearest=nearest(device, known),
    )


def _numbered(versions: Sequence[Version], number: int) -> Version:
    for version in versions:
        if version.number == number:
            return version
    raise CallError(
        N_("config: '{device}' has no version {number}; there are {first} to {last}"),
        device=versions[0].device,
        number=number,
        first=versions[0].number,
        last=versions[-1].number,
    )


def _text(store: Store, version: Version) -> str:
    text = store.configuration_text(version.device, version.number)
    assert text is not None  # noqa: S101 - versions are never deleted
    return text
