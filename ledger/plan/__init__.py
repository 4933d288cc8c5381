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
from ledger.plan.model import Level, Plan, Site, Target, Unit, Vlan
from ledger.plan.platform import Platform
from ledger.plan.problem import PlanError, Problem
from ledger.plan.reader import read_plan

__all__ = [
    "OURS",
    "Asset",
    "AssetKind",
    "Device",
    "Exemption",
    "Level",
    "Link",
    "LinkEnd",
    "LinkKind",
    "MailDomain",
    "Mailbox",
    "Plan",
    "PlanError",
    "PlannedAsset",
    "Platform",
    "Problem",
    "Role",
    "Service",
    "ServiceKind",
    "Site",
    "Target",
    "Unit",
    "Vlan",
    "Workstation",
    "read_plan",
]
