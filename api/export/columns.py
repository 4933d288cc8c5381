"""The columns of the two files: figures, and assets with their verdicts."""

from collections.abc import Sequence

from api.export.column import Column, Form, Value
from ledger.figure import AssetRow, Figure
from ledger.language import N_, Text
from ledger.plan import Plan
from ledger.remark import said
from ledger.telling import indicator_text
from ledger.wording import EVIDENCE, KINDS, LEVELS, MARKS, SCOPES, STEPS, VERDICTS, called


def figure_columns(plan: Plan) -> Sequence[Column[Figure]]:
    """One row a figure. `Ratio` and `Target` are ratios; an indicator that is a count has its value beside them."""
    return (
        Column(N_("Unit id"), lambda f, _: f.unit, width=14),
        Column(N_("Unit"), lambda f, text: _unit(plan, f.unit, text), width=32),
        Column(N_("Level"), lambda f, text: called(LEVELS, f.level, text), width=14),
        Column(N_("Indicator id"), lambda f, _: f.indicator, width=10),
        Column(N_("Indicator"), lambda f, text: indicator_text(f, plan, text), width=40),
        Column(N_("Step"), lambda f, text: called(STEPS, f.step, text), width=14),
        Column(N_("Counted"), lambda f, text: text(SCOPES[f.scope]), width=14),
        Column(N_("Evidence"), lambda f, text: called(EVIDENCE, f.evidence, text), width=12),
        Column(N_("Numerator"), lambda f, _: f.numerator, Form.COUNT, 10),
        Column(N_("Denominator"), lambda f, _: f.denominator, Form.COUNT, 10),
        Column(N_("Of these, due by now"), lambda f, _: f.due_denominator, Form.COUNT, 12),
        Column(N_("Ratio"), lambda f, _: f.ratio, Form.RATIO, 10),
        Column(N_("Value, where it isn't a ratio"), _other_value, Form.NUMBER, 14),
        Column(N_("Target"), _target, Form.RATIO, 10),
        Column(N_("Target met"), _met, width=10),
        Column(N_("Due"), lambda f, _: f.due, Form.DAY, 12),
        Column(N_("Legal basis"), lambda f, _: f.legal_basis, width=32),
        Column(N_("Gap"), lambda f, _: f.gap, Form.COUNT, 10),
        Column(N_("Missing to the target"), lambda f, _: f.to_target, Form.COUNT, 12),
        Column(N_("Reasons"), _reasons, width=40),
        Column(N_("Origin"), lambda f, text: called(MARKS, f.mark, text) if f.mark else None, width=16),
        Column(N_("Declared less measured"), lambda f, _: f.difference, Form.NUMBER, 14),
        Column(N_("Remark"), lambda f, text: said(f.detail, text), width=40),
        Column(N_("Figures at"), lambda f, _: f.as_of, Form.INSTANT, 20),
    )


def row_columns(plan: Plan) -> Sequence[Column[AssetRow]]:
    """One row an asset under an indicator."""
    return (
        Column(N_("Asset"), lambda r, _: r.asset, width=24),
        Column(N_("Kind"), lambda r, text: called(KINDS, r.kind, text) if r.kind else None, width=16),
        Column(N_("Unit id"), lambda r, _: r.unit, width=14),
        Column(N_("Unit"), lambda r, text: _unit(plan, r.unit, text), width=32),
        Column(N_("Site"), lambda r, text: _site(plan, r.site, text), width=28),
        Column(N_("Indicator id"), lambda r, _: r.indicator, width=10),
        Column(N_("Indicator"), lambda r, text: _indicator(plan, r.indicator, text), width=40),
        Column(N_("Verdict"), lambda r, text: called(VERDICTS, r.verdict, text), width=20),
        Column(N_("Since"), lambda r, _: r.since, Form.INSTANT, 20),
        Column(N_("Last seen"), lambda r, _: r.last_seen, Form.INSTANT, 20),
        Column(N_("Seen at"), lambda r, text: _unit(plan, r.seen_at_unit, text), width=32),
        Column(N_("Detail"), lambda r, text: said(r.detail, text), width=48),
        Column(N_("Answers now"), lambda r, text: called(VERDICTS, r.availability, text) if r.availability else None),
    )


def _unit(plan: Plan, unit: str | None, text: Text) -> Value:
    known = plan.units.get(unit) if unit else None
    return text.name(known.name_vi, known.name_en) if known else unit


def _site(plan: Plan, site: str | None, text: Text) -> Value:
    known = plan.sites.get(site) if site else None
    return text.name(known.name_vi, known.name_en) if known else site


def _indicator(plan: Plan, indicator: str | None, text: Text) -> Value:
    known = plan.indicators.get(indicator) if indicator else None
    return text.name(known.name_vi, known.name_en) if known else None


def _other_value(figure: Figure, _text: Text) -> Value:
    return None if figure.value_unit == "ratio" else figure.value


def _target(figure: Figure, _text: Text) -> Value:
    """What is a ratio."""
    return figure.target if figure.value_unit == "ratio" else None


def _met(figure: Figure, text: Text) -> Value:
    if figure.target_met is None:
        return None
    return text(N_("yes")) if figure.target_met else text(N_("no"))


def _reasons(figure: Figure, text: Text) -> Value:
    return "; ".join(f"{called(VERDICTS, reason, text)}: {count}" for reason, count in figure.reasons.items()) or None
