"""The indicators that are measured today; ids and names are those of the province's indicator catalogue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.capacity import owes_capacity
from ledger.obligation import (
    CONNECTION_POINT,
    IPV6_SERVICE,
    LINK_CAPACITY,
    OBLIGATIONS,
    TERMINAL,
    USED_MAILBOX,
    WORKING_PORTAL,
    Obligation,
)
from ledger.plan import AssetKind, PlannedAsset
from ledger.terminal import owes_annex


class Step(StrEnum):
    """The rungs of the ladder, never merged: được triển khai, đã kết nối, có sử dụng."""

    DEPLOYED = "deployed"
    CONNECTED = "connected"
    USED = "used"


class ValueUnit(StrEnum):
    """What a figure's `value` is: the covered part of what is owed, or how many are covered."""

    RATIO = "ratio"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What counts: the covered (or, for availability, answering) assets of `kind`, in every unit; of these, `which`.

    `owes` is what each of them owes, of a derived one what the asset that stands for it owes; None where it is judged
    by parts of several kinds (a LAN), and under availability.
    """

    id: str
    name_vi: str
    name_en: str
    kind: AssetKind
    step: Step
    which: Callable[[PlannedAsset], bool] = lambda _asset: True
    owes: Obligation | None = None
    value_unit: ValueUnit = ValueUnit.RATIO
    is_availability: bool = False


_ALL = (
    Indicator(
        id="HT02",
        name_vi="Tỷ lệ cơ quan có mạng LAN đạt yêu cầu",
        name_en="Units with a LAN that meets the profile",
        kind=AssetKind.LAN,
        step=Step.DEPLOYED,
    ),
    Indicator(
        id="HT04",
        name_vi="Tỷ lệ đơn vị kết nối TSLCD",
        name_en="Units connected to the TSLCD",
        kind=AssetKind.CONNECTION_POINT,
        step=Step.CONNECTED,
        owes=CONNECTION_POINT,
    ),
    Indicator(
        id="HT06",
        name_vi="Tỷ lệ máy tính đã đưa vào mạng chuyên dùng",
        name_en="PCs put onto the TSLCD",
        kind=AssetKind.WORKSTATION,
        step=Step.CONNECTED,
        owes=OBLIGATIONS[AssetKind.WORKSTATION],
    ),
    Indicator(
        id="HT08",
        name_vi="Tỷ lệ kênh truyền đáp ứng dung lượng",
        name_en="Links with enough capacity",
        kind=AssetKind.LINK,
        step=Step.CONNECTED,
        which=owes_capacity,
        owes=LINK_CAPACITY,
    ),
    Indicator(
        id="HT13",
        name_vi="Tỷ lệ cổng, dịch vụ hỗ trợ IPv6",
        name_en="Services that support IPv6",
        kind=AssetKind.SERVICE,
        step=Step.DEPLOYED,
        owes=IPV6_SERVICE,
    ),
    Indicator(
        id="HT14",
        name_vi="Tỷ lệ thiết bị đầu cuối TSLCD đáp ứng Phụ lục I",
        name_en="Terminals of the TSLCD that meet Annex I",
        kind=AssetKind.ROUTER,
        step=Step.DEPLOYED,
        which=owes_annex,
        owes=TERMINAL,
    ),
    Indicator(
        id="TD01",
        name_vi="Tỷ lệ cơ quan được cấp hộp thư công vụ",
        name_en="Units with an official mailbox",
        kind=AssetKind.UNIT_MAIL,
        step=Step.DEPLOYED,
        owes=OBLIGATIONS[AssetKind.MAILBOX],
    ),
    Indicator(
        id="TD02",
        name_vi="Số tên miền thư hoạt động",
        name_en="Mail domains at work",
        kind=AssetKind.MAIL_DOMAIN,
        step=Step.CONNECTED,
        owes=OBLIGATIONS[AssetKind.MAIL_DOMAIN],
        value_unit=ValueUnit.COUNT,
    ),
    Indicator(
        id="TD03",
        name_vi="Số tài khoản thư",
        name_en="Mail accounts",
        kind=AssetKind.MAILBOX,
        step=Step.DEPLOYED,
        owes=OBLIGATIONS[AssetKind.MAILBOX],
        value_unit=ValueUnit.COUNT,
    ),
    Indicator(
        id="TD06",
        name_vi="Tỷ lệ hộp thư đã kiểm chứng đăng nhập và nhận thư",
        name_en="Mailboxes with proven login and delivery",
        kind=AssetKind.MAILBOX,
        step=Step.USED,
        owes=USED_MAILBOX,
    ),
    Indicator(
        id="UD08",
        name_vi="Tỷ lệ cơ quan có trang thông tin điện tử hoạt động",
        name_en="Units with a working portal",
        kind=AssetKind.UNIT_PORTAL,
        step=Step.CONNECTED,
        owes=WORKING_PORTAL,
    ),
    Indicator(
        id="AV01",
        name_vi="Đơn vị đang có kết nối",
        name_en="Units that answer now",
        kind=AssetKind.CONNECTION_POINT,
        step=Step.CONNECTED,
        is_availability=True,
    ),
    Indicator(
        id="AV02",
        name_vi="Kênh truyền đang hoạt động",
        name_en="Links that are up now",
        kind=AssetKind.LINK,
        step=Step.CONNECTED,
        is_availability=True,
    ),
    Indicator(
        id="AV03",
        name_vi="Tên miền thư đang hoạt động",
        name_en="Mail domains that answer now",
        kind=AssetKind.MAIL_DOMAIN,
        step=Step.CONNECTED,
        is_availability=True,
    ),
    Indicator(
        id="AV04",
        name_vi="Cổng, dịch vụ web đang hoạt động",
        name_en="Web services that answer now",
        kind=AssetKind.SERVICE,
        step=Step.CONNECTED,
        is_availability=True,
    ),
)
INDICATORS: Mapping[str, Indicator] = {indicator.id: indicator for indicator in _ALL}


def rollout_of(kind: AssetKind) -> tuple[Indicator, ...]:
    """The rollout indicators in which assets of `kind` count."""
    return tuple(indicator for indicator in _ALL if indicator.kind is kind and not indicator.is_availability)


def answering_of(kind: AssetKind) -> Indicator | None:
    """The availability indicator in which assets of `kind` count; None: none."""
    return next((indicator for indicator in _ALL if indicator.kind is kind and indicator.is_availability), None)
