"""How many assets have which verdict at every node of the tree, kept up to date change by change, for millions of them.

A cache beside `ledger.reconcile`: of one kind of asset, under obligations of presence and properties, it says the same.
"""

from ledger.counters.counters import Counters
from ledger.counters.roll import Roll, roll_of
from ledger.counters.tree import Tree
from ledger.counters.verdict import CODES

__all__ = ["CODES", "Counters", "Roll", "Tree", "roll_of"]
