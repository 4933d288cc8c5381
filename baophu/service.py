"""Wires the API and the exporter to one view of the ledger, and serves them on one port."""

from dataclasses import dataclass
from pathlib import Path

from api.app import build_api
from baophu.daily import kept_daily
from baophu.serving import build_server_app, check_binding, serve
from baophu.session import chosen_plan, opened_store, utc_now
from baophu.settings import Settings
from exporter.asgi import build_exporter
from ledger.keeping import Keeper
from ledger.view import LedgerView


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Where to listen, and with what another address than loopback is guarded."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    token_file: Path | None = None


def run_service(settings: Settings, binding: Binding) -> None:
    """Serve until Ctrl-C; raises ConfigurationError before anything starts, PlanError, StoreError."""
    check_binding(binding.host, binding.certificate, binding.key, binding.token_file)
    plan = chosen_plan(settings)
    with opened_store(settings, create=False) as store:
        view = LedgerView(plan, store, settings.max_ages(), utc_now)
        app = build_server_app(build_api(view, plan), build_exporter(view, plan), binding.token_file)
        with kept_daily(Keeper(view, store, utc_now)):
            serve(app, binding.host, binding.port, binding.certificate, binding.key)
