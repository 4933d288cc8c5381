"""The `system` group (RFC 3418)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from collectors.snmp.client import Oid, Value
from collectors.snmp.tables.value import BadValue, integer, text

SYS_OBJECT_ID: Oid = (1, 3, 6, 1, 2, 1, 1, 2, 0)
SYS_UP_TIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
SYSTEM = (SYS_OBJECT_ID, SYS_UP_TIME, SYS_NAME)


@dataclass(frozen=True, slots=True)
class System:
    """Who answered: `up_time` is that of its management part; `object_id` is its maker's, dotted."""

    name: str
    up_time: timedelta
    object_id: str


def parse_system(values: Mapping[Oid, Value]) -> System:
    """Read the three scalars; raises BadValue where one is missing or of another type."""
    missing = [".".join(map(str, oid)) for oid in SYSTEM if oid not in values]
    if missing:
        raise BadValue(f"the agent has no {', '.join(missing)}")
    object_id = values[SYS_OBJECT_ID]
    if not isinstance(object_id, tuple):
        raise BadValue("sysObjectID is no object identifier")
    up_time = timedelta(milliseconds=10 * integer(values[SYS_UP_TIME]))
    return System(text(values[SYS_NAME]), up_time, ".".join(map(str, object_id)))
