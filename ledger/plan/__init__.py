"""The plan side of the ledger: the one reader of a province's registers, for Ansible, collectors, exporter and API."""

from ledger.plan.asset import (
    OURS,
    Asset,
    AssetKind,
    Device,
    Exemption,
    Link,
    LinkEnd,
    LinkKind,
    Mailbox,
    MailDomain,
    PlannedAsset,
    Role,
    Service,
    ServiceKind,
    Workstation,
)
from ledger.plan.indicator import Direction, Field, Indicator, Measure, Owes, Step, ValueUnit, Which, measured
from ledger.plan.model import Plan, Site, Target, Vlan
from ledger.plan.platform import Platform
from ledger.plan.problem import PlanError, Problem
from ledger.plan.profile import ProfileNote
from ledger.plan.reader import read_plan
from ledger.plan.task import Milestone, Task, TaskState
from ledger.plan.unit import Code, CodeScheme, Level, Unit, UnitHistory, UnitSpan

__all__ = [
    "OURS",
    "Asset",
    "AssetKind",
    "Code",
    "CodeScheme",
    "Device",
    "Direction",
    "Exemption",
    "Field",
    "Indicator",
    "Level",
    "Link",
    "LinkEnd",
    "LinkKind",
    "MailDomain",
    "Mailbox",
    "Measure",
    "Milestone",
    "Owes",
    "Plan",
    "PlanError",
    "PlannedAsset",
    "Platform",
    "Problem",
    "ProfileNote",
    "Role",
    "Service",
    "ServiceKind",
    "Site",
    "Step",
    "Target",
    "Task",
    "TaskState",
    "Unit",
    "UnitHistory",
    "UnitSpan",
    "ValueUnit",
    "Vlan",
    "Which",
    "Workstation",
    "measured",
    "read_plan",
]
