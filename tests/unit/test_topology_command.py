"""`baophu topology` and the API's list of cables: the same rows as a table, JSON and a drawing, in both languages."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.query import TopologyQuery
from api.selection import cable_key, chosen_cables
from baophu.main import run
from ledger.adjacency import Heard, adjacency_text
from ledger.figure import Snapshot
from ledger.max_age import MaxAges
from ledger.observation import Check, Heartbeat, Observation
from ledger.plan import Plan
from ledger.store import open_store
from ledger.topology import Cabling

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = ["--at", "2026-11-22T19:00"]
POP, CPE, UPLINK = "68-POP-RT-001", "68-22945-RT-001", "68-22945-LK-001"


def heard(port: str, name: str, far_port: str) -> Heard:
    return Heard(
        port=port,
        port_id="",
        protocol="lldp",
        chassis_id="",
        system_name=name,
        far_port_id=far_port,
        far_port_name="",
    )


#: Whoever sends an LLDP frame chooses what it is called; none of it is markup.
MARKED_UP = heard("ge8", "[bold]sw[/bold]", "[/]")
STRANGER = heard("ge9", 'a "stranger"', "x")
HEARD = (heard("up2", CPE, "lan7"), heard("up1", "68-SKHCN-RT-001", "wan0"), STRANGER, MARKED_UP)
SEEN = [
    Observation(asset=POP, check=check, ok=True, at=NOON, source=POP, value=value)
    for check, value in ((Check.SNMP, POP), (Check.ADJACENCY, adjacency_text("", HEARD, is_whole=True)))
]
BEAT = Heartbeat(collector="snmp", started_at=NOON, finished_at=NOON, cycle_seconds=30.0, asked=9, failed=0)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "BAOPHU_PLAN"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "ledger.db"
    monkeypatch.setenv("BAOPHU_STORE", str(path))
    with open_store(f"sqlite:///{path}", create=True) as opened:
        opened.record(SEEN, max_ages=MaxAges.default())
        opened.record_beat(BEAT)


def test_json_has_the_documented_keys_and_both_ends(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["topology", *AT, "--unit", "68-22945", "--verdict", "wrong_port", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == [
        {
            "verdict": "wrong_port",
            "link": UPLINK,
            "unit": "68-22945",
            "planned": [{"device": POP, "port": "up2"}, {"device": CPE, "port": "wan0"}],
            "seen": [{"device": POP, "port": "up2"}, {"device": CPE, "port": "lan7"}],
            "rule": "name_and_port",
            "protocol": "lldp",
            "heard_by": [POP],
            "heard_at": "2026-11-22T12:00:00Z",
            "detail": "plug it as planned, or correct the plan",
        }
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], ("Đấu nối lúc 22/11/2026", "sai cổng 1", "ngoài kế hoạch 2", "đúng kế hoạch 1", "hãy cắm lại")),
        (["--lang", "en"], ("Cabling at 2026-11-22", "on another port 1", "not planned 2", "as planned 1")),
    ],
)
def test_the_table_counts_each_verdict_and_says_what_to_do(
    options: list[str], words: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([*options, "topology", *AT]) == 0
    out = " ".join(capfd.readouterr().out.split())
    for word in (*words, "[bold]sw[/bold]"):
        assert word in out
    assert out.index(UPLINK) < out.index("68-SKHCN-LK-001"), "what needs somebody comes first"


def test_the_drawing_is_a_graph_with_each_device_in_its_units_box(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "topology", *AT, "--unit", "68", "--dot"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert (lines[0], lines[-1]) == ("graph topology {", "}")
    edges = [line for line in lines if " -- " in line]
    assert len(edges) == len(set(edges)) == 16
    (wrong,) = [line for line in edges if "on another port" in line]
    assert wrong == (
        f'  "{POP}" -- "{CPE}" [label="{UPLINK} on another port", taillabel="up2", headlabel="lan7", '
        'color="#b45309", style="bold"];'
    )
    assert any(line.startswith('  subgraph "cluster_68-22945" { label="Phan Thiet ward";') for line in lines)
    assert '  { node [style=dashed]; "[bold]sw[/bold]"; "a \\"stranger\\""; }' in lines


def test_two_forms_at_once_are_a_wrong_call(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["topology", "--json", "--dot"]) == 2
    assert "--dot" in capfd.readouterr().err


def test_a_list_of_cables_is_narrowed_and_has_an_order(evaluate: Callable[..., Snapshot], lab_plan: Plan) -> None:
    snapshot = evaluate(SEEN)
    every = chosen_cables(snapshot, lab_plan, TopologyQuery())
    assert len(every) == len(lab_plan.links) + 2
    assert len({cable_key(row) for row in every}) == len(every)
    assert {len(cable_key(row)) for row in every} == {3}
    below = chosen_cables(snapshot, lab_plan, TopologyQuery(unit="68-22945"))
    assert {row.link for row in below} == {link.id for link in lab_plan.links.values() if link.unit == "68-22945"}
    (wrong,) = chosen_cables(snapshot, lab_plan, TopologyQuery(verdict=Cabling.WRONG_PORT))
    assert wrong.link == UPLINK
