"""`/metrics` and `/sd` of the process that polls: one target for itself, one for each part of the devices."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from exporter import sample_own
from exporter.asgi import DISCOVERY_PATH, METRICS_PATH, target_groups
from exporter.blocks import BUDGET_BYTES, Blocks
from exporter.collector import build_info
from exporter.samples import SampleSource
from exporter.targets import MOST_SERIES, Part, Parts

PART_PARAMETER = "part"


class SampleExposition:
    """Renders scrapes of the samples; safe to call from several threads."""

    def __init__(
        self, source: SampleSource, *, most_series: int = MOST_SERIES, budget_bytes: int = BUDGET_BYTES
    ) -> None:
        self._source = source
        self._parts = Parts(most_series)
        self._blocks = Blocks(budget_bytes)
        self._process = ProcessCollector(registry=None)

    def parts(self) -> dict[str, Part]:
        """The parts that have devices now."""
        assignment = self._parts.assign(self._source.devices())
        self._blocks.forget(assignment.gone)
        return assignment.parts

    def render(self, number: str) -> bytes | None:
        """The samples of one part; None: it has no devices."""
        part = self.parts().get(number)
        return None if part is None else self._blocks.text(part.devices)

    def render_own(self, own: Callable[[], Iterable[Metric]]) -> bytes:
        """What `own` gives, what the exporter says of itself, and the process's metrics."""
        about = _Families(lambda: (*own(), *self._about_itself()))
        return generate_latest(about) + generate_latest(self._process)

    def _about_itself(self) -> Iterator[Metric]:
        parts = self.parts()
        yield sample_own.part_devices(parts)
        yield sample_own.part_series(parts)
        yield sample_own.blocks_rendered(self._blocks)
        yield sample_own.blocks_dropped(self._blocks)
        yield sample_own.blocks_memory(self._blocks)
        yield build_info(version("baophu"))


@dataclass(frozen=True, slots=True)
class _Families(Collector):
    families: Callable[[], Iterable[Metric]]

    def collect(self) -> Iterable[Metric]:
        return self.families()


def build_sample_exporter(
    source: SampleSource,
    own: Callable[[], Iterable[Metric]] = tuple,
    *,
    provinces: Sequence[str] = (),
    most_series: int = MOST_SERIES,
    budget_bytes: int = BUDGET_BYTES,
) -> Starlette:
    """Build the application; it reads the source only when it is asked.

    `own` gives the families that the collectors say of themselves, fresh for each scrape. `provinces` are the ids of
    the plan's root units.
    """
    exposition = SampleExposition(source, most_series=most_series, budget_bytes=budget_bytes)

    def metrics(request: Request) -> Response:
        number = request.query_params.get(PART_PARAMETER)
        body = exposition.render_own(own) if number is None else exposition.render(number)
        if body is None:
            return PlainTextResponse(f"part {number!r} has no devices; {DISCOVERY_PATH} lists the parts\n", 404)
        return Response(body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    def discovery(request: Request) -> Response:
        parts = [{f"__param_{PART_PARAMETER}": part, "__meta_baophu_part": part} for part in exposition.parts()]
        server, scheme = request.scope["server"], request.url.scheme
        return JSONResponse(target_groups(server, scheme, provinces, ({}, *parts)))

    return Starlette(routes=[Route(METRICS_PATH, metrics), Route(DISCOVERY_PATH, discovery)])
