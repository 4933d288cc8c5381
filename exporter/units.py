"""The units' names, for people who read alerts and dashboards."""

from prometheus_client.core import InfoMetricFamily

from ledger.plan import Plan


def unit_info(plan: Plan) -> InfoMetricFamily:
    """Each unit of the plan with its level and names; join with `* on (unit) group_left (name_vi)`.

    baophu_unit_info{unit="68-22945",level="commune",name_vi="Phường Phan Thiết",name_en="Phan Thiet ward"} 1.0
    """
    labels = ("unit", "level", "name_vi", "name_en")
    family = InfoMetricFamily("baophu_unit", "Level and names of a unit of the plan.", labels=labels)
    for unit in plan.units.values():
        family.add_metric((unit.id, unit.level, unit.name_vi, unit.name_en), {})
    return family
