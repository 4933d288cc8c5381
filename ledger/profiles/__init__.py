"""Made-up provinces after real documents: what the documents say is exact, the rest is filled in with a fixed seed."""

from ledger.profiles.facts import NAMES, Facts, read_facts
from ledger.profiles.profile import Profile, make_profile

__all__ = ["NAMES", "Facts", "Profile", "make_profile", "read_facts"]
