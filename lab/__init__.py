"""A whole province on one machine, in real hosts: what the plan says, booted, cabled, cut and moved at will."""

from lab.errors import LabError
from lab.lab import Lab
from lab.place import Place

__all__ = ["Lab", "LabError", "Place"]
