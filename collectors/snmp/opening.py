"""Chooses the SNMP client: our engine, or pysnmp for a cipher that it doesn't speak."""

from contextlib import AsyncExitStack

from collectors.credentials import PrivProtocol, SnmpV3
from collectors.settings import CollectorSettings
from collectors.snmp.client import SnmpClient
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.pysnmp_client import PysnmpClient
from collectors.snmp.traffic import Traffic


async def open_snmp(stack: AsyncExitStack, settings: CollectorSettings, traffic: Traffic) -> SnmpClient:
    """Open the client that the credentials ask for; `stack` closes it. pysnmp counts no traffic."""
    credentials = settings.credentials.snmp
    pace = {"port": settings.snmp_port, "retries": settings.snmp_retries}
    seconds = settings.snmp_timeout_seconds
    if isinstance(credentials, SnmpV3) and credentials.priv_protocol is PrivProtocol.DES:
        return await stack.enter_async_context(PysnmpClient(credentials, timeout_seconds=seconds, **pace))
    return await stack.enter_async_context(EngineClient(credentials, timeout_seconds=seconds, traffic=traffic, **pace))
