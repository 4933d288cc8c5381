"""Takes in files of declared values: read by their mappings, checked against the plan, kept once, undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from ledger.declared.known import KnownUnits
from ledger.declared.mapping import TableMapping
from ledger.declared.mapping_file import read_mapping
from ledger.declared.meaning import Known
from ledger.declared.opening import read_table
from ledger.declared.sheet import Limits, UnreadableError
from ledger.declared.statement import Declared, Import
from ledger.declared.taking import Taken, take
from ledger.errors import CallError, ConfigurationError
from ledger.language import N_
from ledger.plan import Plan, Problem
from ledger.store import Store


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that was read: its bytes' and its mapping's SHA-256, and what it declares."""

    file: str
    sha256: str
    mapping_sha256: str
    taken: Taken


class RefusedError(ConfigurationError):
    """A file has problems, and nothing of it was taken in."""

    def __init__(self, offered: Offered) -> None:
        self.offered = offered
        super().__init__("\n".join((*(problem.text() for problem in offered.taken.problems), _summary(offered, str))))

    def text(self, translate: Callable[[str], str]) -> str:
        """Every problem on a line of its own, and what became of the file."""
        problems = (problem.text(translate) for problem in self.offered.taken.problems)
        return "\n".join((*problems, _summary(self.offered, translate)))


def read_offered(file: Path, mapping: Path, plan: Plan) -> Offered:
    """Read a file by its mapping; whatever is wrong is in `taken.problems`."""
    limits, problems = Limits(), list[Problem]()
    data, words = _bytes(file, limits, problems), _bytes(mapping, limits, problems)
    found = None if problems else _mapping(words, mapping.name, problems)
    taken = Taken(problems=tuple(problems)) if found is None else _taken(data, file.name, found, plan)
    return Offered(file.name, sha256(data).hexdigest(), sha256(words).hexdigest(), taken)


def keep(offered: Offered, store: Store, by: str, at: datetime) -> tuple[Import, bool]:
    """Keep the good rows' values; gives the import, and whether it is new: the same file counts once.

    Raises ConfigurationError where the file is there with other values: rows were left out, or the plan was another.
    """
    new = Import(
        number=0,
        file=offered.file,
        sha256=offered.sha256,
        mapping_sha256=offered.mapping_sha256,
        by=by,
        at=at,
        values=len(offered.taken.statements),
    )
    kept = store.record_import(new, offered.taken.statements)
    if kept is not None:
        return kept, True
    same = _same(offered, store.imports())
    if [each.statement for each in values_of(store, same)] != list(offered.taken.statements):
        raise ConfigurationError(
            N_(
                "{file}: import {number} took {then} values of it, and {now} would be taken in now, not the same ones;"
                " undo it first: baophu imports undo {number}"
            ),
            file=offered.file,
            number=same.number,
            then=same.values,
            now=new.values,
        )
    return same, False


def refuse_problems(offered: Offered, *, partial: bool) -> None:
    """Raise RefusedError for a file with bad rows; a `partial` one needs a good row."""
    if offered.taken.problems and not (partial and offered.taken.statements):
        raise RefusedError(offered)


def chosen_import(store: Store, number: int) -> Import:
    """The import of that number; raises CallError."""
    known = {each.number: each for each in store.imports()}
    if number not in known:
        numbers = f"1–{len(known)}" if known else "–"
        raise CallError(
            N_("imports: there is no import {number}; there are: {numbers}"), number=number, numbers=numbers
        )
    return known[number]


def values_of(store: Store, taken: Import) -> tuple[Declared, ...]:
    """The values that an import brought, also where it was undone since."""
    return tuple(each for each in store.declared(known_at=taken.at) if each.imported == taken.number)


def _same(offered: Offered, imports: Sequence[Import]) -> Import:
    key = (offered.sha256, offered.mapping_sha256)
    return next(
        each for each in reversed(imports) if (each.sha256, each.mapping_sha256) == key and each.undone_at is None
    )


def _bytes(path: Path, limits: Limits, problems: list[Problem]) -> bytes:
    """The file's bytes, one more than is allowed at most."""
    try:
        with path.open("rb") as file:
            return file.read(limits.file_bytes + 1)
    except OSError as error:
        fields = {"value": error.strerror or type(error).__name__}
        problems.append(Problem(code="unreadable", file=path.name, fields=fields))
        return b""


def _mapping(data: bytes, file: str, problems: list[Problem]) -> TableMapping | None:
    found, register = read_mapping(data, file)
    problems += register.problems
    return found


def _taken(data: bytes, file: str, mapping: TableMapping, plan: Plan) -> Taken:
    try:
        sheet = read_table(data, mapping.sheet)
    except UnreadableError as error:
        return Taken(problems=(Problem(code=error.code, file=file, row=error.row, fields=error.fields),))
    return take(sheet, mapping, Known(KnownUnits(plan.history), plan.indicators), file)


def _summary(offered: Offered, translate: Callable[[str], str]) -> str:
    taken = offered.taken
    if not taken.statements:
        return translate(N_("{file}: nothing was taken in")).format(file=offered.file)
    message = translate(N_("{file}: nothing was taken in; bad rows: {bad}, good values: {good} (--partial takes them)"))
    return message.format(file=offered.file, bad=len(taken.bad_rows), good=len(taken.statements))
