"""Who a device is: vendor, operating system, model, version and serial number, and by which rule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Session
from collectors.snmp.definition import Definition, EntityText, Rule, Source, said, words
from collectors.snmp.entity_identity import EntityIdentity, read_entity_identity
from collectors.snmp.tables.system import SYS_NAME, SYS_OBJECT_ID

SYS_DESCR: Oid = (1, 3, 6, 1, 2, 1, 1, 1, 0)
#: What the ENTITY-MIB tells where no rule did.
FALLBACK = {"model": EntityText.MODEL, "version": EntityText.VERSION, "serial": EntityText.SERIAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One chassis of several."""

    index: int
    model: str | None
    version: str | None
    serial: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProblem:
    """What could not be read, and why."""

    table: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a device is; None: it doesn't say. `definition` is the id of the rule that matched, `why` in words.

    `members` are a stack's, or the chassis of a device of several; empty where there is one.
    """

    definition: str | None = None
    vendor: str | None = None
    os: str | None = None
    model: str | None = None
    version: str | None = None
    serial: str | None = None
    why: str = ""
    descr: str = ""
    object_id: str = ""
    name: str = ""
    members: tuple[Member, ...] = ()
    problems: tuple[IdentityProblem, ...] = ()


async def identify(session: Session, definitions: Sequence[Definition]) -> Identity | Fault:
    """Ask for `system`, then for no more than the definition that fits names, then for the ENTITY-MIB.

    A Fault says why the device didn't tell even its system group; whatever else fails is a problem of the identity.
    """
    system = await session.get((SYS_DESCR, SYS_OBJECT_ID, SYS_NAME))
    if isinstance(system, Fault):
        return system
    object_id = system.get(SYS_OBJECT_ID, ())
    facts = Facts(
        descr=words(system.get(SYS_DESCR, b"")),
        object_id=object_id if isinstance(object_id, tuple) else (),
        name=words(system.get(SYS_NAME, b"")),
    )
    chosen = await _choose(session, definitions, facts)
    return await _tell(session, chosen, facts)


@dataclass(slots=True)
class Facts:
    """What was learnt of a device so far; `texts` are instances and first rows of columns, None: it has none."""

    descr: str
    object_id: Oid
    name: str
    texts: dict[Oid, str | None] = field(default_factory=dict)
    entity: EntityIdentity | None = None
    problems: list[IdentityProblem] = field(default_factory=list)

    def is_known(self, rule: Rule) -> bool:
        """Whether nothing has to be asked to apply the rule."""
        match rule.source:
            case Source.OID | Source.COLUMN:
                return rule.oid in self.texts
            case Source.ENTITY:
                return self.entity is not None
            case _:
                return True

    def apply(self, rule: Rule) -> tuple[str, str] | None:
        """What the rule gives, and where it comes from."""
        raw, place = self._raw(rule)
        found = None if raw is None else rule.apply(raw)
        return None if found is None else (found, place)

    def _raw(self, rule: Rule) -> tuple[str | None, str]:
        match rule.source:
            case Source.DESCR:
                return self.descr, "sysDescr"
            case Source.MODELS:
                return (rule.models or {}).get(self.object_id), "sysObjectID"
            case Source.TEXT:
                return rule.text, "definition"
            case Source.ENTITY:
                entity = self.entity or EntityIdentity()
                return entity.text(rule.entity or EntityText.MODEL), entity.place
            case _:
                return self.texts.get(rule.oid), _dotted(rule.oid)


async def _choose(session: Session, definitions: Sequence[Definition], facts: Facts) -> Definition | None:
    """The definition that fits most narrowly; instances are asked for where they can decide, all in one request."""
    ranked = [(known.match.rank(facts.descr, facts.object_id), known) for known in definitions]
    fitting = [(rank, known) for rank, known in ranked if rank is not None]
    fitting.sort(key=lambda pair: pair[0], reverse=True)
    contenders: list[Definition] = []
    for _rank, known in fitting:
        contenders.append(known)
        if known.match.oid is None:
            break
    await _ask(session, facts, [known.match.oid for known in contenders if known.match.oid is not None])
    return next(
        (known for known in contenders if known.match.oid is None or known.match.holds(facts.texts[known.match.oid])),
        None,
    )


async def _tell(session: Session, chosen: Definition | None, facts: Facts) -> Identity:
    fields = _fields(chosen)
    unknown = [rule for rules in fields.values() for rule in _unknown(rules, facts)]
    await _ask(session, facts, [rule.oid for rule in unknown if rule.source is Source.OID])
    unknown = [rule for rules in fields.values() for rule in _unknown(rules, facts)]
    await _ask_columns(session, facts, [rule.oid for rule in unknown if rule.source is Source.COLUMN])
    found = {name: _first(rules, facts) for name, rules in fields.items()}
    wants_entity = chosen is None or (chosen.asks_entity and not all(found[name] for name in FALLBACK))
    if wants_entity or any(
        rule.source is Source.ENTITY for rules in fields.values() for rule in _unknown(rules, facts)
    ):
        await _ask_entity(session, facts)
        found = {name: _first(rules, facts) for name, rules in fields.items()}
        if wants_entity:
            found |= {name: found[name] or _from_entity(facts, wanted) for name, wanted in FALLBACK.items()}
        if chosen is None:
            found["vendor"] = _from_entity(facts, EntityText.VENDOR)
    return _identity(chosen, facts, found)


def _fields(chosen: Definition | None) -> dict[str, tuple[Rule, ...]]:
    names = ("vendor", "os", "model", "version", "serial")
    if chosen is None:
        return dict.fromkeys(names, ())
    return dict(zip(names, (chosen.vendor, chosen.os, chosen.model, chosen.version, chosen.serial), strict=True))


def _unknown(rules: Iterable[Rule], facts: Facts) -> Iterator[Rule]:
    """Rules that something has to be asked for, as far as an earlier one doesn't give the answer already."""
    for rule in rules:
        if not facts.is_known(rule):
            yield rule
        elif facts.apply(rule) is not None:
            return


def _first(rules: Iterable[Rule], facts: Facts) -> tuple[str, str] | None:
    return next((found for rule in rules if (found := facts.apply(rule)) is not None), None)


def _from_entity(facts: Facts, wanted: EntityText) -> tuple[str, str] | None:
    entity = facts.entity or EntityIdentity()
    text = entity.text(wanted)
    return None if text is None else (text, entity.place)


async def _ask(session: Session, facts: Facts, oids: Iterable[Oid]) -> None:
    wanted = [*dict.fromkeys(oids)]
    if not wanted:
        return
    found = await session.get(wanted)
    if isinstance(found, Fault):
        facts.problems.append(IdentityProblem(table="identity", reason=found.text))
        found = {}
    facts.texts |= {oid: words(found[oid]) if oid in found else None for oid in wanted}


async def _ask_columns(session: Session, facts: Facts, oids: Iterable[Oid]) -> None:
    wanted = [*dict.fromkeys(oids)]
    found: Mapping[Oid, Column] = await session.columns(wanted) if wanted else {}
    for oid, column in found.items():
        facts.texts[oid] = next((text for cell in column.cells if said(text := words(cell)) is not None), None)
        if column.fault is not None:
            facts.problems.append(IdentityProblem(table=_dotted(oid), reason=column.fault.text))


async def _ask_entity(session: Session, facts: Facts) -> None:
    facts.entity = await read_entity_identity(session)
    if facts.entity.fault is not None:
        facts.problems.append(IdentityProblem(table="entities", reason=facts.entity.fault.text))


def _identity(chosen: Definition | None, facts: Facts, found: Mapping[str, tuple[str, str] | None]) -> Identity:
    values = {name: pair[0] if pair is not None else None for name, pair in found.items()}
    return Identity(
        definition=None if chosen is None else chosen.id,
        **values,
        why=_why(chosen, facts, found),
        descr=facts.descr,
        object_id=_dotted(facts.object_id),
        name=facts.name,
        members=_members(facts.entity),
        problems=tuple(facts.problems),
    )


def _members(entity: EntityIdentity | None) -> tuple[Member, ...]:
    if entity is None or len(entity.rows) < 2:
        return ()
    texts = [
        {name: entity.text(wanted, place) for name, wanted in FALLBACK.items()} for place in range(len(entity.rows))
    ]
    return tuple(Member(index=row.index, **said_of) for row, said_of in zip(entity.rows, texts, strict=True))


def _why(chosen: Definition | None, facts: Facts, found: Mapping[str, tuple[str, str] | None]) -> str:
    """`cisco_ios: sysObjectID 1.3.6.1.4.1.9.1.1208, sysDescr; model: ENTITY-MIB 1001; version: sysDescr`."""
    if chosen is None:
        head = f"no definition fits sysObjectID {_dotted(facts.object_id) or 'none'}"
    else:
        match = chosen.match
        conditions = [
            f"sysObjectID {_dotted(facts.object_id)}" if match.object_ids else "",
            "sysDescr" if match.descr is not None else "",
            _dotted(match.oid) if match.oid is not None else "",
        ]
        head = f"{chosen.id}: {', '.join(condition for condition in conditions if condition)}"
    places = [f"{name}: {pair[1]}" for name, pair in found.items() if pair is not None and pair[1] != "definition"]
    return "; ".join([head, *places])


def _dotted(oid: Oid) -> str:
    return ".".join(map(str, oid))
