"""`/metrics` and `/sd` of the process that listens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exporter import listener_own
from exporter.asgi import DISCOVERY_PATH, METRICS_PATH, target_groups
from exporter.collector import build_info
from exporter.listener_own import ListenerTally


@dataclass(frozen=True, slots=True)
class ListenerFamilies(Collector):
    """Fresh families for each scrape."""

    tally: ListenerTally

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        yield listener_own.received(self.tally)
        yield listener_own.ignored(self.tally)
        yield listener_own.rules(self.tally)
        yield listener_own.dropped(self.tally)
        yield listener_own.buffers(self.tally)
        yield listener_own.handshakes(self.tally)
        yield listener_own.triggers(self.tally)
        yield listener_own.untaken(self.tally)
        yield listener_own.pending(self.tally)
        yield build_info(version("baophu"))


def build_listener_exporter(tally: ListenerTally, *, provinces: Sequence[str] = ()) -> Starlette:
    """Build the application; `provinces` are the ids of the plan's root units."""
    process = ProcessCollector(registry=None)

    def metrics(request: Request) -> Response:
        del request
        body = generate_latest(ListenerFamilies(tally)) + generate_latest(process)
        return Response(body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    def discovery(request: Request) -> Response:
        return JSONResponse(target_groups(request.scope["server"], request.url.scheme, provinces, ({},)))

    return Starlette(routes=[Route(METRICS_PATH, metrics), Route(DISCOVERY_PATH, discovery)])
