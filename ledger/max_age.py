"""For how long an answer proves anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ledger.observation import Check

#: An unchanged state's `last_at` is never held back for longer than this, however long its max age.
LONGEST_HOLD = timedelta(minutes=15)

MONTH, WEEK = timedelta(days=30), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MaxAges:
    """Each check's max age: an answer exactly that old still proves."""

    by_check: Mapping[Check, timedelta]

    @classmethod
    def default(cls) -> "MaxAges":
        """30 days for what proves a PC (HT06) or that a mailbox is used (TD06), 7 days for what is polled."""
        monthly = {Check.FDB, Check.ARP, Check.LEASE, Check.PING, Check.TSLCD_VLAN}
        monthly |= {Check.MAIL_LOGIN, Check.MAIL_DELIVERY}
        return cls({check: MONTH if check in monthly else WEEK for check in Check})

    def of(self, check: Check) -> timedelta:
        """The max age of `check`; KeyError where it was given none."""
        return self.by_check[check]

    def at_most(self, age: timedelta) -> "MaxAges":
        """These, but none longer than `age`."""
        return MaxAges({check: min(own, age) for check, own in self.by_check.items()})

    def flush_after(self, check: Check) -> timedelta:
        """For how long an unchanged state's `last_at` may be held in memory: a tenth of the max age, 15 min at most."""
        return min(self.of(check) / 10, LONGEST_HOLD)
