"""Loads a profile: its plan into a folder, what is declared and seen into a ledger; never over anything else."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from baophu.session import opened_store, plan_beside
from baophu.settings import Settings
from ledger.declared.statement import Import
from ledger.errors import CallError, ConfigurationError
from ledger.language import N_
from ledger.plan import Plan, read_plan
from ledger.profiles import Profile, make_profile
from ledger.profiles.evidence import make_evidence
from ledger.store import Store

#: Who declared a profile's values.
BY = "baophu profile load"
#: Observations are written so many at a time.
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: where its plan is; `is_new` False: it was all there, and what is seen was seen anew."""

    profile: Profile
    plan: Plan
    folder: Path
    is_new: bool
    observations: int


def load_profile(
    name: str, settings: Settings, folder: Path | None, clock: Callable[[], datetime], show: Callable[[str], None]
) -> Loaded:
    """Write the plan to `folder` (None: beside the ledger) and the rest to the store; `show` is told how far it is.

    Loaded once more, nothing changes but that what is seen was seen now. Raises ConfigurationError where the folder or
    the ledger holds anything else, StoreError.
    """
    place = folder or plan_beside(settings)
    if place is None:
        raise CallError(N_("profile: the ledger is no file; say with --to where the plan goes"))
    show(N_("making the province"))
    profile = make_profile(name)
    _refuse_other_plan(place, profile)
    with opened_store(settings, create=True) as store:
        _refuse_other_ledger(store, profile)
        show(N_("writing the plan"))
        is_new_plan = _write_plan(place, profile.files)
        plan = read_plan(place)
        taken = store.record_import(_import_of(profile, clock()), profile.statements)
        show(N_("writing what is seen"))
        seen = make_evidence(profile, plan, clock())
        for start in range(0, len(seen.observations), BATCH):
            store.record(seen.observations[start : start + BATCH], max_ages=settings.max_ages())
        store.record_runs([] if store.runs() else seen.runs)
        for beat in seen.beats:
            store.record_beat(beat)
    return Loaded(profile, plan, place, is_new_plan or taken is not None, len(seen.observations))


def file_of(profile: Profile) -> str:
    """What the import of a profile's values is called."""
    return f"{profile.facts.id}.yml"


def _import_of(profile: Profile, at: datetime) -> Import:
    return Import(
        number=0,
        file=file_of(profile),
        sha256=profile.facts.sha256,
        mapping_sha256=_digest(map(repr, profile.statements)),
        by=BY,
        at=at,
        values=len(profile.statements),
    )


def _digest(texts: Iterable[str]) -> str:
    digest = sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def _refuse_other_plan(folder: Path, profile: Profile) -> None:
    """The folder is not there, is empty, or holds this profile's plan as it is made now."""
    if folder.is_file():
        raise ConfigurationError(N_("profile: '{folder}' is a file; give a folder with --to"), folder=folder)
    with _usable(folder):
        there = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
    if there and there != {name: text.encode() for name, text in profile.files.items()}:
        raise ConfigurationError(
            N_("profile: '{folder}' holds another plan, or this one changed by hand; give another folder with --to"),
            folder=folder,
        )


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    """Say of a folder that can't be read or written which it is; raises ConfigurationError."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            N_("profile: '{folder}' can't be used ({strerror}); give another folder with --to"),
            folder=folder,
            strerror=error.strerror,
        ) from None


def _refuse_other_ledger(store: Store, profile: Profile) -> None:
    """The ledger is empty, or what it has of files is this profile's alone."""
    imports = store.imports()
    files = {(each.file, each.by, each.sha256) for each in imports}
    is_same = files == {(file_of(profile), BY, profile.facts.sha256)}
    is_empty = not imports and store.version() == 0 and not store.configuration_versions()
    if not is_same and not is_empty:
        raise ConfigurationError(
            N_("profile: the ledger {store} holds something else than '{profile}'; give another one with --store"),
            store=store.name,
            profile=profile.facts.id,
        )


def _write_plan(folder: Path, files: Mapping[str, str]) -> bool:
    """Put all files in their place in one step; False where they were there."""
    if folder.is_dir() and any(folder.iterdir()):
        return False
    with _usable(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as place:
            trial = Path(place) / "plan"
            trial.mkdir()
            for name, text in files.items():
                (trial / name).write_text(text, encoding="utf-8")
            trial.replace(folder)
    return True
