"""What an asset's page shows beside verdict and history: what the plan says, and the parts of a derived asset."""

from ledger.adjacency import parsed_adjacency
from ledger.figure import AssetRow, Snapshot
from ledger.language import N_, Text
from ledger.observation import Check
from ledger.plan import AssetKind, Plan, PlannedAsset
from ledger.seen import State

#: Checks that tell what a person did: pages show the day, never the moment, and not the value.
PERSONAL = frozenset({Check.MAIL_LOGIN, Check.MAIL_DELIVERY})

#: What the plan may say of an asset beside what every asset has, by attribute.
FACTS = {
    "name_vi": N_("Name"),
    "url": N_("Web address"),
    "address": N_("Address"),
    "mac": N_("MAC address"),
    "switch": N_("Switch"),
    "port": N_("Port"),
    "vlan": N_("VLAN"),
    "platform": N_("Platform"),
    "bandwidth_mbps": N_("Bandwidth, Mbps"),
    "domain": N_("Mail domain"),
    "quota_mb": N_("Quota, MB"),
    "server": N_("Server"),
    "workstation": N_("Workstation"),
}


def facts_of(planned: PlannedAsset) -> list[tuple[str, str]]:
    """What the plan says: headings (English, to be translated) and values; what it doesn't say is left out."""
    found = [(heading, getattr(planned, name, None)) for name, heading in FACTS.items()]
    return [(heading, str(value)) for heading, value in found if value is not None]


#: What each derived kind is judged by.
PARTS = {
    AssetKind.LAN: (AssetKind.ROUTER, AssetKind.SWITCH, AssetKind.WORKSTATION),
    AssetKind.CONNECTION_POINT: (AssetKind.ROUTER,),
    AssetKind.UNIT_MAIL: (AssetKind.MAIL_DOMAIN, AssetKind.MAILBOX),
    AssetKind.UNIT_PORTAL: (AssetKind.SERVICE,),
}


def parts_of(snapshot: Snapshot, plan: Plan, derived: AssetRow) -> list[AssetRow]:
    """The registered assets that something derived is judged by, each once, as it counts first."""
    kinds = PARTS.get(derived.kind, ()) if derived.kind else ()
    registered = {asset.id for asset in plan.assets() if asset.unit == derived.unit and asset.kind in kinds}
    rows: dict[str, AssetRow] = {}
    for row in snapshot.rows:
        if row.asset in registered:
            rows.setdefault(row.asset, row)
    return list(rows.values())


def shown_value(state: State, text: Text) -> str:
    """What was seen, for people: nothing of what a person did, and of neighbours who they are."""
    if state.value is None or state.check in PERSONAL:
        return "–"
    if state.check is not Check.ADJACENCY:
        return state.value
    try:
        heard = parsed_adjacency(state.value).heard
    except ValueError:
        return "–"
    return ", ".join(f"{each.port}: {each.system_name or each.chassis_id}" for each in heard) or text(N_("nobody"))
