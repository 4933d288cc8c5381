"""With what an address is asked: the one rule that keeps the province's credentials to its own devices."""

from datetime import date
from enum import StrEnum

from collectors.schedule import is_in_use
from ledger.plan import Device


class Approach(StrEnum):
    """What is sent to an address: an echo always, SNMP with one of two credentials, or not at all."""

    PROVINCE = "province"
    DISCOVERY = "discovery"
    ECHO = "echo"


def approach(planned: Device | None, today: date, *, has_discovery: bool) -> Approach:
    """How to ask the address of `planned` (None: the plan has no device there) on `today`, a day in Vietnam.

    The province's credentials go to devices that are ours and in use, and to nobody else. A device that is somebody
    else's gets an echo only, whatever is known of it. All the others, those that the plan has retired, exempted or
    doesn't have yet among them, get the discovery credentials where there are some.
    """
    if planned is not None and not planned.is_ours:
        return Approach.ECHO
    if planned is not None and is_in_use(planned, today):
        return Approach.PROVINCE
    return Approach.DISCOVERY if has_discovery else Approach.ECHO
