"""NAPALM driver for FRRouting on Linux (`get_network_driver("frr")`), with a revert timer that lives on the device."""

from napalm_frr.driver import FrrDriver

__all__ = ["FrrDriver"]
