"""One province of real hosts for all tests of this folder."""

from collections.abc import Iterator

import pytest
from province import DARK, Province, Rollout

from ledger.store import open_store


@pytest.fixture(scope="session")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """The lab of `inventory/lab`, booted and unconfigured."""
    province = Province("tests", tmp_path_factory.mktemp("province") / "ledger.db")
    open_store(f"sqlite:///{province.store}").close()
    province.lab("down")
    try:
        province.lab("up")
        yield province
    finally:
        province.lab("down")


@pytest.fixture(scope="session")
def rollout(booted: Province) -> Rollout:
    """The province, provisioned: dry run, first run with one PC dark, second run, dry run again, two looks."""
    province = booted
    gaps_before, figures_before = province.asked("gaps"), province.asked("coverage")
    dry_before = province.provision("site", "--check")
    gaps_after_dry_run = province.asked("gaps")
    province.lab("power-off", DARK)
    first = province.provision("site", check=False)
    gaps_after_first = province.asked("gaps")
    province.lab("power-on", DARK)
    second = province.provision("site")
    dry_after = province.provision("site", "--check")
    province.collect(times=2)
    return Rollout(
        province,
        gaps_before,
        figures_before,
        dry_before,
        gaps_after_dry_run,
        first,
        gaps_after_first,
        second,
        dry_after,
    )


@pytest.fixture(scope="session")
def province(rollout: Rollout) -> Province:
    """The province, provisioned and seen."""
    return rollout.province
