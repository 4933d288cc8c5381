"""Which collectors of what runs on the network are at work, and that the others are said not to be."""

import logging
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from collectors.credentials import Credentials, MailProbe, SnmpV2c, SshKey, WebProbe
from collectors.mail.round import MailRound
from collectors.probers import open_probers
from collectors.round import Prober
from collectors.settings import CollectorSettings
from collectors.web.round import WebRound
from ledger.errors import ConfigurationError
from ledger.plan import Plan, Role

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
KEY = SshKey("baophu", Path("key"), Path("known_hosts"))
MAIL, WEB = MailProbe("baophu-probe", SecretStr("s3cret-enough"), KEY, None), WebProbe(None)
PLAIN = Credentials(SnmpV2c(SecretStr("public")), KEY)
NOT_AT_WORK = "collector not at work: the credentials have no section for it"


def opened(plan: Plan, credentials: Credentials, dns_server: str | None = None) -> list[type[Prober]]:
    settings = CollectorSettings(credentials, dns_server=dns_server)
    return [type(prober) for prober in open_probers(AsyncExitStack(), plan, settings, lambda: NOON)]


def test_both_are_at_work_where_the_credentials_say_how(lab_plan: Plan, caplog: pytest.LogCaptureFixture) -> None:
    assert opened(lab_plan, replace(PLAIN, mail=MAIL, web=WEB)) == [MailRound, WebRound]
    assert caplog.records == []


def test_one_without_credentials_is_said_not_to_be_at_work(lab_plan: Plan, caplog: pytest.LogCaptureFixture) -> None:
    assert opened(lab_plan, replace(PLAIN, web=WEB)) == [WebRound]
    said = [(record.getMessage(), record.levelno, vars(record)["collector"]) for record in caplog.records]
    assert said == [(NOT_AT_WORK, logging.WARNING, "mail")]


def test_what_the_plan_has_nothing_for_is_not_missed(lab_plan: Plan, caplog: pytest.LogCaptureFixture) -> None:
    plan = replace(lab_plan, domains={}, mailboxes={}, services={})
    assert opened(plan, replace(PLAIN, mail=MAIL, web=WEB)) == []
    assert opened(plan, PLAIN) == []
    assert [record for record in caplog.records if record.levelno > logging.DEBUG] == []


def test_names_need_a_server_to_ask(lab_plan: Plan) -> None:
    others = {name: device for name, device in lab_plan.devices.items() if device.role is not Role.PROVINCE_SERVER}
    plan = replace(lab_plan, devices=others)
    with pytest.raises(ConfigurationError, match="BAOPHU_DNS_SERVER"):
        opened(plan, replace(PLAIN, web=WEB))
    assert opened(plan, replace(PLAIN, web=WEB), dns_server="10.9.9.9") == [WebRound]
