"""The shipped indicators that something measures."""

from ledger.plan import measured
from ledger.plan.catalogue import shipped

INDICATORS = measured(shipped())
