"""Chooses the SNMP client: our engine, or pysnmp for a cipher that it doesn't speak."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from collectors.credentials import PrivProtocol, Snmp, SnmpV3
from collectors.settings import CollectorSettings
from collectors.snmp.client import SnmpClient
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.traffic import Traffic

if TYPE_CHECKING:
    from collectors.snmp.pysnmp_client import PysnmpClient


async def open_snmp(stack: AsyncExitStack, settings: CollectorSettings, traffic: Traffic) -> SnmpClient:
    """Open the client that the credentials ask for; `stack` closes it. pysnmp counts no traffic."""
    client = snmp_client(
        settings.credentials.snmp,
        port=settings.snmp_port,
        timeout_seconds=settings.snmp_timeout_seconds,
        retries=settings.snmp_retries,
        traffic=traffic,
    )
    opened: SnmpClient = await stack.enter_async_context(client)
    return opened


def snmp_client(
    credentials: Snmp, *, port: int, timeout_seconds: float, retries: int, traffic: Traffic | None = None
) -> "EngineClient | PysnmpClient":
    """The client for the credentials, not opened yet."""
    if isinstance(credentials, SnmpV3) and credentials.priv_protocol is PrivProtocol.DES:
        from collectors.snmp.pysnmp_client import PysnmpClient  # noqa: PLC0415 - a second to load, and rarely wanted

        return PysnmpClient(credentials, port=port, timeout_seconds=timeout_seconds, retries=retries)
    return EngineClient(credentials, port=port, timeout_seconds=timeout_seconds, retries=retries, traffic=traffic)
