"""`/metrics` for Prometheus to scrape, and `/sd` for it to find what to scrape."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exporter.exposition import Exposition, SnapshotSource
from ledger.plan import Plan

METRICS_PATH = "/metrics"
DISCOVERY_PATH = "/sd"


def build_exporter(source: SnapshotSource, plan: Plan) -> Starlette:
    """Build the application; it reads the ledger only when it is asked."""
    exposition = Exposition(source, plan, version("baophu"))
    provinces = [unit.id for unit in plan.units.values() if unit.parent is None]

    def metrics(request: Request) -> Response:
        del request
        return Response(exposition.render(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    def discovery(request: Request) -> Response:
        return JSONResponse(target_groups(request.scope["server"], request.url.scheme, provinces))

    return Starlette(routes=[Route(METRICS_PATH, metrics), Route(DISCOVERY_PATH, discovery)])


def target_groups(
    server: tuple[str, int | None] | None,
    scheme: str,
    provinces: Sequence[str],
    parts: Iterable[Mapping[str, str]] = ({},),
) -> list[dict[str, object]]:
    """Prometheus' HTTP service discovery: this exporter, at the address where the asker reached it.

    `parts` are the labels that tell apart what it gives, a target each; by default it gives all of it at once.

    `server` is the connection's own end, never the Host header, which the asker may choose. On a Unix socket there is
    no address to give, and the list is empty.

    [{"targets": ["127.0.0.1:8470"],
      "labels": {"__scheme__": "http", "__metrics_path__": "/metrics", "__meta_baophu_province": "68"}}]
    """
    if server is None or server[1] is None:
        return []
    host, port = server
    labels = {
        "__scheme__": scheme,
        "__metrics_path__": METRICS_PATH,
        "__meta_baophu_province": ",".join(provinces),
    }
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [{"targets": [target], "labels": {**labels, **part}} for part in parts]
