"""What messages mean, as data: `messages.yml` says which syslog and which notifications trigger what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field

from collectors.snmp.ber import Oid


class Trigger(StrEnum):
    """What is done: the device is polled; `configuration`: its configuration is read as well."""

    POLL = "poll"
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True)
class SyslogRule:
    """A message that has all `words` in this order; plain words, so that looking takes no longer than reading."""

    name: str
    platform: str
    words: tuple[str, ...]
    triggers: Trigger
    source: str

    def fits(self, text: str) -> bool:
        """Whether the message is one of these."""
        at = 0
        for word in self.words:
            at = text.find(word, at)
            if at < 0:
                return False
            at += len(word)
        return True


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """A notification that does more than make its device be polled."""

    name: str
    platform: str
    oid: Oid
    triggers: Trigger
    source: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules; those of syslog in their order, of which the first that fits counts."""

    syslog: Sequence[SyslogRule]
    notifications: Mapping[Oid, NotificationRule]

    def of_syslog(self, text: str) -> SyslogRule | None:
        """What a message means; None: nothing that concerns us."""
        return next((rule for rule in self.syslog if rule.fits(text)), None)

    def of_notification(self, kind: Oid) -> Trigger:
        """What a notification triggers: a poll, whatever it is, unless a rule says more."""
        rule = self.notifications.get(kind)
        return Trigger.POLL if rule is None else rule.triggers


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    platform: str = Field(min_length=1)
    triggers: Trigger
    source: str = Field(min_length=1)


class _Syslog(_Entry):
    words: list[str] = Field(min_length=1)


class _Notification(_Entry):
    oid: str = Field(pattern=r"^\d+(\.\d+)+$")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    syslog: list[_Syslog]
    notifications: list[_Notification]


def read_rules() -> Rules:
    """The rules that this release has; a wrong file is a bug and raises."""
    text = files("collectors.listening").joinpath("messages.yml").read_text(encoding="utf-8")
    given = _File.model_validate(yaml.safe_load(text))
    syslog = [
        SyslogRule(entry.name, entry.platform, tuple(entry.words), entry.triggers, entry.source)
        for entry in given.syslog
    ]
    notifications = [
        NotificationRule(
            entry.name, entry.platform, tuple(map(int, entry.oid.split("."))), entry.triggers, entry.source
        )
        for entry in given.notifications
    ]
    return Rules(syslog, {rule.oid: rule for rule in notifications})
