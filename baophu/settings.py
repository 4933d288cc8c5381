"""Every setting, read once by the composition root from `BAOPHU_*` and the command line."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ledger.capacity import DAYS, DaysRule
from ledger.errors import ConfigurationError
from ledger.max_age import MaxAges
from ledger.observation import Check
from ledger.plan import Role

#: From a second to ten years.
MaxAgeSeconds = Annotated[float, Field(ge=1, le=315_360_000)]


class Settings(BaseSettings):
    """Settings by environment; an option of the command line goes before its variable.

    BAOPHU_PLAN: folder of the province's registers; without it, the one beside the ledger where it is there.
    BAOPHU_STORE: the ledger, an SQLAlchemy URL or a file's path.
    BAOPHU_CREDENTIALS: the collectors' credentials file. BAOPHU_INTERVAL_SECONDS: time between two cycles.
    BAOPHU_MAX_AGE__<CHECK>: seconds for which a check's answer proves coverage, such as BAOPHU_MAX_AGE__FDB=2592000.
    BAOPHU_DNS_SERVER: address of the DNS server that probes ask, instead of the plan's province server.
    BAOPHU_INTERFACE_SERIES: classes of devices whose interfaces' counters are collected, such as cpe,access_switch.
    BAOPHU_CAPACITY_DAYS: what "seven consecutive days" of a link's capacity are, `window` or `daily`.
    BAOPHU_CAPACITY_KEPT_DAYS: for how many days links' five-minute samples are kept.
    BAOPHU_STRATEGY: Ansible's strategy, `linear` or `mitogen_linear`.
    BAOPHU_TRIGGER_SOCKET: where the listener tells the collectors whom to ask now; by default beside the ledger.
    BAOPHU_TRIGGER_SECONDS: the least time between two triggered polls of one device.
    BAOPHU_SETTLE_SECONDS: after the last notification a device is polled once more after so long; 0: not.
    BAOPHU_RECEIVE_BYTES: the room that the listener's sockets ask for.
    """

    model_config = SettingsConfigDict(env_prefix="BAOPHU_", env_nested_delimiter="__", extra="forbid", frozen=True)

    plan: Path = Path("inventory/lab")
    store: str = ".baophu/ledger.db"
    credentials: Path | None = None
    interval_seconds: float = Field(default=30.0, gt=0)
    max_age: dict[Check, MaxAgeSeconds] = Field(default_factory=dict)
    dns_server: IPv4Address | IPv6Address | None = None
    interface_series: Annotated[frozenset[Role], NoDecode] = frozenset()
    capacity_days: DaysRule = DaysRule.WINDOW
    capacity_kept_days: int = Field(default=35, gt=DAYS, le=3660)
    strategy: Literal["linear", "mitogen_linear"] = "linear"
    trigger_socket: Path | None = None
    trigger_seconds: float = Field(default=2.0, ge=0.1, le=3600)
    settle_seconds: float = Field(default=20.0, ge=0, le=3600)
    receive_bytes: int = Field(default=16_777_216, ge=4096, le=1_073_741_824)

    @field_validator("interface_series", mode="before")
    @classmethod
    def _separated(cls, given: object) -> object:
        """Names between commas."""
        return [name.strip() for name in given.split(",") if name.strip()] if isinstance(given, str) else given

    def max_ages(self) -> MaxAges:
        """The checks' max ages, the settings' over the defaults."""
        chosen = dict(MaxAges.default().by_check)
        chosen.update({check: timedelta(seconds=seconds) for check, seconds in self.max_age.items()})
        return MaxAges(chosen)

    def trigger_path(self) -> Path | None:
        """The socket between listener and collectors; None: the ledger is no file, and no path was given."""
        if self.trigger_socket is not None:
            return self.trigger_socket.absolute()
        kind, _, path = self.store_url().partition(":///")
        return Path(f"{path}.triggers") if kind == "sqlite" and path else None

    def store_url(self) -> str:
        """The store as an SQLAlchemy URL; a path stands for an SQLite file."""
        return self.store if "://" in self.store else f"sqlite:///{Path(self.store).absolute()}"


def load_settings() -> Settings:
    """Read the environment; raises ConfigurationError naming each wrong variable and what was expected."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"BAOPHU_{'__'.join(str(part) for part in fault['loc'] if part != '[key]').upper()}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise ConfigurationError("\n".join(lines)) from None
