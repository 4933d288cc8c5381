"""Our engine and our exposition beside their peers, in the same run on the same devices."""

import secrets
from dataclasses import replace

from bench import scrape
from bench.snmp import bulkwalk, pysnmp_poller
from bench.snmp.agent import agent
from bench.snmp.columns import addresses
from bench.snmp.measurement import Poll, User, run_json
from bench.snmp.pushgateway import pushgateway
from bench.snmp.snmp_exporter import snmp_exporter
from bench.snmp.switch import switch
from bench.snmp.workbench import OURS_IN_FLIGHT, PEERS_IN_FLIGHT, Workbench, cost, lacking
from exporter.blocks import Blocks


def v2c(bench: Workbench) -> None:
    """782 values a device over v2c: ours beside snmp_exporter, pysnmp and snmpbulkwalk."""
    sizes, results = bench.sizes, bench.results
    with agent(bench.program) as port:

        def poll(devices: int) -> Poll:
            return Poll(addresses=addresses(devices), port=port, in_flight=PEERS_IN_FLIGHT)

        once = replace(poll(sizes.ours), in_flight=OURS_IN_FLIGHT)
        first = bench.poll_ours("v2c ours, first cycle", once)
        ours = bench.poll_ours("v2c ours", replace(once, cycles=sizes.ours_cycles))
        with snmp_exporter(bench.folder) as exporter:
            exporter.poll(poll(PEERS_IN_FLIGHT))
            bench.say(f"v2c snmp_exporter: {sizes.exporter} polls")
            theirs = exporter.poll(poll(sizes.exporter))
        pysnmp = bench.poll("v2c pysnmp", pysnmp_poller.__name__, poll(sizes.pysnmp))
        walks = {
            name: bench.poll(f"v2c snmpbulkwalk {name}", bulkwalk.__name__, poll(sizes.bulkwalk), name)
            for name in bulkwalk.TABLES
        }
    results.add_cpu("v2c", "ours", ours, most=2)
    results.add("v2c", "ours: values that a device lacks", lacking(ours), "", 0)
    results.add_cpu("v2c", "ours, first cycle", first)
    results.add_cpu("v2c", "snmp_exporter", theirs)
    results.add_cpu("v2c", "pysnmp", pysnmp)
    for name, walk in walks.items():
        results.add_cpu("v2c", f"snmpbulkwalk {name}", walk)
    results.add_ratio("v2c", "cpu_v2c_vs_snmp_exporter", (cost(ours), cost(theirs)), 1 / 10)
    results.add_ratio("v2c", "cpu_v2c_vs_pysnmp", (cost(ours), cost(pysnmp)))
    results.add_ratio("v2c", "cpu_v2c_vs_snmpbulkwalk", (cost(ours), cost(walks["columns"])))


def v3(bench: Workbench) -> None:
    """The same columns of one real snmpd, at eight addresses, over SNMPv3 authPriv, SHA-1 and AES-128."""
    sizes, results = bench.sizes, bench.results
    user = User("bench", secrets.token_hex(8), secrets.token_hex(8))
    with switch(bench.folder, user) as device:

        def poll(cycles: int) -> Poll:
            asked, few = device.addresses, PEERS_IN_FLIGHT
            return Poll(addresses=asked, port=device.port, cycles=cycles, in_flight=few, user=user)

        together = replace(poll(sizes.ours_v3), in_flight=len(device.addresses))
        ours = bench.poll_ours("v3 ours", together, prefix=device.prefix)
        with snmp_exporter(bench.folder, user, prefix=device.prefix) as exporter:
            exporter.poll(poll(1))
            bench.say(f"v3 snmp_exporter: {sizes.exporter_v3} cycles")
            theirs = exporter.poll(poll(sizes.exporter_v3))
        pysnmp = bench.poll("v3 pysnmp", pysnmp_poller.__name__, poll(sizes.pysnmp_v3), prefix=device.prefix)
    results.add_cpu("v3", "ours", ours)
    results.add("v3", "ours: values that a device lacks", lacking(ours), "", 0)
    results.add_cpu("v3", "snmp_exporter", theirs)
    results.add_cpu("v3", "pysnmp", pysnmp)
    results.add_ratio("v3", "cpu_v3_vs_snmp_exporter", (cost(ours), cost(theirs)), 1 / 5)
    results.add_ratio("v3", "cpu_v3_vs_pysnmp", (cost(ours), cost(pysnmp)))


def exposition(bench: Workbench) -> None:
    """A scrape of 1,000,000 samples with a tenth rendered again, beside pushgateway serving the same samples."""
    results = bench.results
    devices = scrape.Province(bench.sizes.scraped).devices()
    with pushgateway() as gateway:
        bench.say(f"scrape pushgateway: {len(devices)} groups pushed, {bench.sizes.scrapes} scrapes")
        blocks = Blocks()
        gateway.push({each.device: blocks.text([each]) for each in devices})
        scraped = [gateway.scrape() for _ in range(bench.sizes.scrapes)]
    theirs = sum(seconds for seconds, _ in scraped) / len(scraped)
    bench.say("scrape ours: 1,000,000 samples")
    ours = run_json("bench.snmp.scraped")
    results.add("scrape", "ours: samples", ours["samples"], "")
    results.add("scrape", "ours: CPU a scrape, a tenth all new", ours["cpu_seconds_everything_changed"], "s", 0.3)
    results.add("scrape", "ours: CPU a scrape, counters new", ours["cpu_seconds_counters_changed"], "s")
    client = ours["cpu_seconds_prometheus_client_scaled_from_a_tenth"]
    results.add("scrape", "prometheus-client, scaled: CPU a scrape", client, "s")
    results.add("scrape", "pushgateway: samples", scraped[0][1], "")
    results.add("scrape", "pushgateway: CPU a scrape", theirs, "s")
    # In --quick the gateway holds few samples: its cost is scaled to as many as ours, which flatters it.
    scaled = theirs * ours["samples"] / scraped[0][1]
    results.add_ratio("scrape", "scrape_1m_vs_pushgateway", (ours["cpu_seconds_everything_changed"], scaled), 1 / 10)
