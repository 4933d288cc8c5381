"""Devices polled again and again: when each begins, at whose pace, and what is kept of it."""

import asyncio
from dataclasses import replace

import pytest
from played import NOON, ROUTER, SWITCH, Devices

from collectors.snmp.poller import Poller, site_paces
from collectors.snmp.samples import Samples
from ledger.plan import Plan


def poll(poller: Poller, plan: Plan, *devices: str) -> None:
    async def every() -> None:
        for device in devices:
            await poller.read(plan.devices[device], lambda: NOON)

    asyncio.run(every())


def test_each_device_s_turn_is_put_off_by_its_own_time(lab_plan: Plan) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    jitter = iter((0.25, 0.0, 1.5))
    poller = Poller(Devices(lab_plan), jitter=lambda: next(jitter), sleep=sleep)
    poll(poller, lab_plan, ROUTER, SWITCH, ROUTER)
    assert slept == [0.25, 1.5]


def test_samples_are_kept_of_every_device_that_was_polled_in_register_order(lab_plan: Plan) -> None:
    devices, samples = Devices(lab_plan), Samples(lab_plan.devices)
    devices.silent.add(ROUTER)
    poll(Poller(devices, samples=samples), lab_plan, SWITCH, ROUTER)
    assert [(each.device, each.scalars["up"]) for each in samples.devices()] == [(ROUTER, 0.0), (SWITCH, 1.0)]


def test_a_site_is_asked_at_the_pace_of_its_uplinks_and_one_without_any_is_not_held_back(lab_plan: Plan) -> None:
    paces = site_paces(lab_plan)
    sites = {device.site for device in lab_plan.devices.values() if device.site is not None}
    uplinked = {lab_plan.devices[link.b.device].site for link in lab_plan.links.values() if link.link_kind == "uplink"}
    assert paces.keys() == uplinked < sites


@pytest.mark.parametrize("bandwidth", [0, 6])
def test_an_uplink_of_unknown_bandwidth_holds_nobody_back(lab_plan: Plan, bandwidth: int) -> None:
    links = {key: replace(link, bandwidth_mbps=bandwidth) for key, link in lab_plan.links.items()}
    assert bool(site_paces(replace(lab_plan, links=links))) is (bandwidth > 0)
