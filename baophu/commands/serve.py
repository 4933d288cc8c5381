"""`baophu serve`: the coverage API and the exporter, on one port."""

from pathlib import Path
from typing import Annotated

import typer

from baophu.commands.options import PlanOption, StoreOption
from baophu.session import chosen_settings
from ledger.language import N_

HELP = N_(
    "Serve the planners' page (/), the coverage API (/api/v1), the metrics (/metrics) "
    "and Prometheus' service discovery (/sd)."
)
DEFAULT_PORT = 8470


def serve(
    *,
    plan: PlanOption = None,
    store: StoreOption = None,
    host: Annotated[
        str, typer.Option(help=N_("Address to listen on; another than loopback needs TLS and tokens."))
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=N_("TCP port to listen on."), min=0, max=65535)] = DEFAULT_PORT,
    certificate: Annotated[Path | None, typer.Option(help=N_("TLS certificate chain (PEM)."))] = None,
    key: Annotated[Path | None, typer.Option(help=N_("TLS private key (PEM)."))] = None,
    token_file: Annotated[Path | None, typer.Option(help=N_("File with one bearer token a line."))] = None,
) -> None:
    """Serve until Ctrl-C."""
    from baophu.service import Binding, run_service  # noqa: PLC0415 - a web framework that other commands don't need

    binding = Binding(host=host, port=port, certificate=certificate, key=key, token_file=token_file)
    run_service(chosen_settings(plan=plan, store=store), binding)
