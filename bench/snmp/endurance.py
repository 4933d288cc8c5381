"""Our engine alone: as large, as long and as badly served as a province has it."""

from dataclasses import replace
from ipaddress import IPv4Address

from bench.snmp.agent import agent
from bench.snmp.columns import addresses
from bench.snmp.measurement import Measurement, Poll
from bench.snmp.workbench import OURS_IN_FLIGHT, Workbench, cost

WALL_SECONDS, MEMORY_MIB = 30, 400
#: Cost a device may differ so much from that of the smallest size; memory may grow so much over the cycles.
FLAT, GROWTH = 0.20, 0.05
DEAD_EVERY, LOSS_PERCENT, LOSSY_SECONDS = 10, 2, 60
#: Four tries: of 10^5 requests with 2 % loss none is lost four times in a row. The dead are waited for side by side.
RETRIES, LOSSY_IN_FLIGHT = 3, 500


def scale(bench: Workbench) -> None:
    """Ever more devices, each number in a process of its own: what one costs once it is known, and the first cycle."""
    taken: dict[int, list[Measurement]] = {}
    largest = bench.sizes.scale[-1]
    with agent(bench.program) as port:
        first = bench.poll_ours(f"scale ours {largest}, first cycle", _cycle(largest, port))
        for devices in bench.sizes.scale:
            poll = replace(_cycle(devices, port), warm_up=1, cycles=2, is_scraped=False)
            times = min(5, max(1, largest // devices // 4))  # small numbers several times, to be as steady
            tries = [bench.poll_ours(f"scale ours {devices} ({turn + 1}/{times})", poll) for turn in range(times)]
            taken[devices] = [run for run in tries if run is not None]
    results = bench.results
    for devices, runs in taken.items():
        if runs:
            results.measurements[f"scale ours {devices}"] = runs[0]
        results.add("scale", f"ours, {devices} devices: CPU a device", _mean_cost(runs), "ms")
    results.add(
        "scale", f"ours, {largest} devices: first cycle", first.wall_seconds if first else None, "s", WALL_SECONDS
    )
    last = taken[largest][0] if taken[largest] else None
    wall = last.wall_seconds if last else None
    results.add("scale", f"ours, {largest} devices: further cycle", wall, "s", WALL_SECONDS)
    results.add("scale", f"ours, {largest} devices: memory", last.max_rss_mib if last else None, "MiB", MEMORY_MIB)
    results.add("scale", f"ours, {largest} devices: not read whole", len(last.missed) if last else None, "", 0)
    results.add("scale", "ours: cost a device differs from the smallest number's by", _deviation(taken), "", FLAT)


def _cycle(devices: int, port: int) -> Poll:
    return Poll(addresses=addresses(devices), port=port, in_flight=OURS_IN_FLIGHT)


def _mean_cost(runs: list[Measurement]) -> float | None:
    costs = [each for run in runs if (each := cost(run)) is not None]
    return sum(costs) / len(costs) if costs else None


def _deviation(taken: dict[int, list[Measurement]]) -> float | None:
    costs = [_mean_cost(runs) for runs in taken.values()]
    first = costs[0]
    if first is None:
        return None
    return max(abs(each / first - 1) for each in costs if each is not None)


def cycles(bench: Workbench) -> None:
    """A thousand cycles with one client: file descriptors and memory after the first tenth and at the end."""
    sizes, results = bench.sizes, bench.results
    with agent(bench.program) as port:
        asked = addresses(sizes.endurance_devices)
        poll = Poll(addresses=asked, port=port, cycles=sizes.endurance_cycles, in_flight=OURS_IN_FLIGHT)
        ours = bench.poll_ours(f"cycles ours {sizes.endurance_cycles}", poll)
    results.add_cpu("cycles", "ours", ours)
    first, last = (ours.fds[0], ours.fds[-1]) if ours else (None, None)
    results.add("cycles", "ours: file descriptors early", first, "")
    results.add("cycles", "ours: file descriptors at the end", last, "", first)
    growth = ours.rss_mib[-1] / ours.rss_mib[0] - 1 if ours else None
    results.add("cycles", "ours: memory at the end", ours.rss_mib[-1] if ours else None, "MiB")
    results.add("cycles", "ours: memory grew by", growth, "", GROWTH)


def losses(bench: Workbench) -> None:
    """A cycle where every tenth device is dead and 2 % of the requests are lost."""
    results, asked = bench.results, addresses(bench.sizes.lossy)
    dead = {address for address in asked if int(IPv4Address(address)) % DEAD_EVERY == 0}
    with agent(bench.program, "-D", str(DEAD_EVERY), "-l", str(LOSS_PERCENT)) as port:
        poll = Poll(
            addresses=asked,
            port=port,
            in_flight=LOSSY_IN_FLIGHT,
            timeout_seconds=bench.sizes.lossy_timeout_seconds,
            retries=RETRIES,
        )
        ours = bench.poll_ours("losses ours", poll)
    missed = len(set(ours.missed) - dead) if ours else None
    if ours:
        results.measurements["losses ours"] = ours
    results.add("losses", f"ours, {len(asked)} devices: wall", ours.wall_seconds if ours else None, "s", LOSSY_SECONDS)
    results.add("losses", "ours: live devices missed", missed, "", 0)
    answered = len(dead - set(ours.missed)) if ours else None
    results.add("losses", "ours: dead devices that seemed to answer", answered, "", 0)
