"""`baophu capacity`: how full the links to the units are, and whether that is little enough."""

from baophu.capacity_table import capacity_table
from baophu.commands.options import AtOption, JsonOption, PlanOption, StoreOption, UnitOption, refuse_unknown
from baophu.json_answer import print_json
from baophu.session import SPEAKING, chosen_plan, chosen_settings, instant, opened_to_read, utc_now
from baophu.tables import console
from ledger.capacity import capacities
from ledger.document import capacity_document
from ledger.language import N_

HELP = N_(
    "Show how full each unit's link was over the last seven days, both ways: the 95th percentile "
    "of its five-minute samples, at most 90 percent of the planned bandwidth."
)


def show_capacity(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    unit: UnitOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a line per link; judged by today's plan and setting, from the samples that are kept."""
    settings = chosen_settings(plan=plan, store=store)
    when = instant(at) or utc_now()
    province = chosen_plan(settings)
    refuse_unknown("--unit", unit, list(province.units))
    with opened_to_read(settings) as opened:
        found = capacities(province, opened, when, settings.capacity_days)
    below = set(province.subtree(unit)) if unit else province.units.keys()
    shown = [capacity for capacity in found if capacity.unit in below]
    if as_json:
        print_json([capacity_document(capacity) for capacity in shown])
    else:
        console().print(capacity_table(shown, province, SPEAKING.get()))
