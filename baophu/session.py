"""What one call of the command line works with: settings, plan, store and view, opened when first asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from baophu.settings import Settings, load_settings
from ledger.errors import CallError, ConfigurationError, StoreError
from ledger.language import LOCAL_ZONE, N_, Text
from ledger.plan import Plan, read_plan
from ledger.store import Store, open_store, open_store_to_read
from ledger.view import LedgerView

#: The years that can be asked for.
FIRST_YEAR, LAST_YEAR = 2000, 2100
#: The reader's language, set once by `main` before any command runs.
SPEAKING: ContextVar[Text] = ContextVar("speaking")


def utc_now() -> datetime:
    """The wall clock, aware UTC; everything below the composition root is given a clock."""
    return datetime.now(UTC)


def chosen_settings(plan: Path | None = None, store: str | None = None, default_store: Path | None = None) -> Settings:
    """The settings: options over the environment over defaults, of which `default_store` is the lab's own ledger.

    Where nobody says which plan, it is the one beside the ledger, where `profile load` puts it, before inventory/lab.
    """
    settings = load_settings()
    if store is None and default_store is not None and "store" not in settings.model_fields_set:
        store = str(default_store)
    for option, value in (("--plan", plan), ("--store", store)):
        if value is not None and str(value) in ("", "."):
            raise CallError(N_("{option}: the value is empty; give one, or leave the option out"), option=option)
    given = {"plan": plan, "store": store}
    chosen = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    beside = plan_beside(chosen)
    if plan is None and "plan" not in settings.model_fields_set and beside is not None and beside.is_dir():
        return chosen.model_copy(update={"plan": beside})
    return chosen


def plan_beside(settings: Settings) -> Path | None:
    """The plan's folder beside a ledger, `x.db.plan` for `x.db`; None: the ledger is no file, and has none."""
    kind, _, path = settings.store_url().partition(":///")
    return Path(f"{path}.plan") if kind == "sqlite" and path else None


def chosen_plan(settings: Settings) -> Plan:
    """Read the plan; raises PlanError with all its problems, ConfigurationError where the folder is missing."""
    if settings.plan.is_file():
        raise ConfigurationError(
            N_("plan: '{plan}' is a file; give the folder of the registers, such as inventory/lab"), plan=settings.plan
        )
    if not settings.plan.is_dir():
        raise ConfigurationError(
            N_("plan: the folder '{plan}' does not exist; give --plan or BAOPHU_PLAN, such as inventory/lab"),
            plan=settings.plan,
        )
    return read_plan(settings.plan)


@contextmanager
def opened_store(settings: Settings, *, create: bool) -> Iterator[Store]:
    """Open the ledger's store; `create` makes it and its folder: who only reads makes none. Raises StoreError."""
    if create and "://" not in settings.store:
        folder = Path(settings.store).absolute().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                N_("store: the folder '{folder}' can't be made ({strerror}); give another --store"),
                folder=folder,
                strerror=error.strerror,
            ) from None
    with open_store(settings.store_url(), create=create) as store:
        yield store


@contextmanager
def opened_to_read(settings: Settings) -> Iterator[Store]:
    """Open the ledger's store, and write nothing; raises StoreError."""
    with open_store_to_read(settings.store_url()) as store:
        yield store


@contextmanager
def opened_view(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Iterator[LedgerView]:
    """Open what the ledger says of the plan; raises PlanError, and StoreError where there is no ledger yet."""
    plan = chosen_plan(settings)
    with opened_to_read(settings) as store:
        yield LedgerView(plan, store, settings.max_ages(), clock)


def instant(value: str | None, option: str = "--at") -> datetime | None:
    """`2026-12-31T09:30`, with or without an offset; without one it is Vietnamese time. Raises CallError."""
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        raise CallError(
            N_("{option}: '{value}' is not a time from {first} to {last}; write it as 2026-12-31T09:30"),
            option=option,
            value=value,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=LOCAL_ZONE)).astimezone(UTC)
