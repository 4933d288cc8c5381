"""The collector is paused while very much is made, and works again afterwards, whatever happened."""

import gc
from collections.abc import Iterator

import pytest

from ledger.uncollected import uncollected


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    yield
    gc.enable()


def fail_uncollected() -> None:
    with uncollected():
        assert not gc.isenabled()
        raise KeyError


def test_the_collector_pauses_and_goes_on_also_after_an_error() -> None:
    with pytest.raises(KeyError):
        fail_uncollected()
    assert gc.isenabled()


def test_one_inside_another_leaves_it_to_the_outer_one() -> None:
    with uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()


def test_a_process_that_runs_without_stays_without() -> None:
    gc.disable()
    with uncollected():
        pass
    assert not gc.isenabled()
