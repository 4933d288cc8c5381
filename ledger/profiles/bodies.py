"""The public bodies of a profile's province: departments, the units below them, Party and Front, a district's sections.

They are kinds of bodies that every province has, by their usual names; none is a person.
"""

from collections.abc import Iterator, Mapping, Sequence

from ledger.profiles.facts import Facts, number

SUB_UNITS_OF = "sub_unit"
#: A group's bodies: the end of the id, Vietnamese and English name.
DEPARTMENTS_THEN = (
    ("VPUB", "Văn phòng Ủy ban nhân dân", "Office of the People's Committee"),
    ("SNV", "Sở Nội vụ", "Department of Home Affairs"),
    ("STP", "Sở Tư pháp", "Department of Justice"),
    ("SKHDT", "Sở Kế hoạch và Đầu tư", "Department of Planning and Investment"),
    ("STC", "Sở Tài chính", "Department of Finance"),
    ("SCT", "Sở Công Thương", "Department of Industry and Trade"),
    ("SNNPTNT", "Sở Nông nghiệp và Phát triển nông thôn", "Department of Agriculture and Rural Development"),
    ("SGTVT", "Sở Giao thông vận tải", "Department of Transport"),
    ("SXD", "Sở Xây dựng", "Department of Construction"),
    ("STNMT", "Sở Tài nguyên và Môi trường", "Department of Natural Resources and Environment"),
    ("STTTT", "Sở Thông tin và Truyền thông", "Department of Information and Communications"),
    ("SLDTBXH", "Sở Lao động, Thương binh và Xã hội", "Department of Labour and Social Affairs"),
    ("SVHTTDL", "Sở Văn hóa, Thể thao và Du lịch", "Department of Culture, Sports and Tourism"),
    ("SKHCN", "Sở Khoa học và Công nghệ", "Department of Science and Technology"),
    ("SGDDT", "Sở Giáo dục và Đào tạo", "Department of Education and Training"),
    ("SYT", "Sở Y tế", "Department of Health"),
    ("TTT", "Thanh tra", "Inspectorate"),
    ("BDT", "Ban Dân tộc", "Board of Ethnic Affairs"),
    ("BQLKCN", "Ban Quản lý các khu công nghiệp", "Industrial Zones Authority"),
    ("SNGV", "Sở Ngoại vụ", "Department of Foreign Affairs"),
)
DEPARTMENTS_NOW = (
    ("VPUB", "Văn phòng Ủy ban nhân dân", "Office of the People's Committee"),
    ("SNV", "Sở Nội vụ", "Department of Home Affairs"),
    ("STP", "Sở Tư pháp", "Department of Justice"),
    ("STC", "Sở Tài chính", "Department of Finance"),
    ("SCT", "Sở Công Thương", "Department of Industry and Trade"),
    ("SNNMT", "Sở Nông nghiệp và Môi trường", "Department of Agriculture and Environment"),
    ("SXD", "Sở Xây dựng", "Department of Construction"),
    ("SKHCN", "Sở Khoa học và Công nghệ", "Department of Science and Technology"),
    ("SVHTTDL", "Sở Văn hóa, Thể thao và Du lịch", "Department of Culture, Sports and Tourism"),
    ("SGDDT", "Sở Giáo dục và Đào tạo", "Department of Education and Training"),
    ("SYT", "Sở Y tế", "Department of Health"),
    ("SDTTG", "Sở Dân tộc và Tôn giáo", "Department of Ethnic and Religious Affairs"),
    ("SNGV", "Sở Ngoại vụ", "Department of Foreign Affairs"),
    ("TTT", "Thanh tra", "Inspectorate"),
    ("BQLKCN", "Ban Quản lý các khu công nghiệp", "Industrial Zones Authority"),
    ("PVHCC", "Trung tâm Phục vụ hành chính công", "Public Administration Service Centre"),
    ("BQLDA", "Ban Quản lý dự án đầu tư xây dựng", "Construction Projects Board"),
    ("QDTPT", "Quỹ Đầu tư phát triển", "Development Investment Fund"),
    ("BPTTH", "Báo và Phát thanh, Truyền hình", "Newspaper, Radio and Television"),
    ("TCDN", "Trường Cao đẳng", "Provincial College"),
)
PARTY_FRONT = (
    ("VPTU", "Văn phòng Tỉnh ủy", "Office of the Provincial Party Committee"),
    ("BTCTU", "Ban Tổ chức Tỉnh ủy", "Party Organisation Board"),
    ("BTGDV", "Ban Tuyên giáo và Dân vận Tỉnh ủy", "Party Communication and Mass Mobilisation Board"),
    ("UBKT", "Ủy ban Kiểm tra Tỉnh ủy", "Party Inspection Committee"),
    ("BNC", "Ban Nội chính Tỉnh ủy", "Party Internal Affairs Board"),
    ("MTTQ", "Ủy ban Mặt trận Tổ quốc", "Fatherland Front Committee"),
    ("TCT", "Trường Chính trị", "Provincial Political School"),
    ("DUUB", "Đảng ủy Ủy ban nhân dân", "Party Committee of the People's Committee"),
)
SECTIONS = (
    ("VP", "Văn phòng HĐND và UBND huyện", "Office of the District Council and Committee"),
    ("PNV", "Phòng Nội vụ", "Home Affairs Section"),
    ("PTP", "Phòng Tư pháp", "Justice Section"),
    ("PTCKH", "Phòng Tài chính - Kế hoạch", "Finance and Planning Section"),
    ("PTNMT", "Phòng Tài nguyên và Môi trường", "Natural Resources and Environment Section"),
    ("PLDTBXH", "Phòng Lao động, Thương binh và Xã hội", "Labour and Social Affairs Section"),
    ("PVHTT", "Phòng Văn hóa và Thông tin", "Culture and Information Section"),
    ("PGDDT", "Phòng Giáo dục và Đào tạo", "Education and Training Section"),
    ("PYT", "Phòng Y tế", "Health Section"),
    ("TTH", "Thanh tra huyện", "District Inspectorate"),
    ("PNNPTNT", "Phòng Nông nghiệp và Phát triển nông thôn", "Agriculture and Rural Development Section"),
    ("PKTHT", "Phòng Kinh tế và Hạ tầng", "Economy and Infrastructure Section"),
)
#: Groups of bodies right below the province.
PROVINCE_BODIES: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "department": DEPARTMENTS_THEN,
    "department_now": DEPARTMENTS_NOW,
    "lead_body": (DEPARTMENTS_THEN[10],),
    "party_front": PARTY_FRONT,
}
#: Under which group a list's bodies are counted.
COUNTED_AS = {"department_now": "department", "lead_body": "department"}


def bodies_of(facts: Facts, name: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The bodies of one list that the profile has, `(group, row of units.csv)`."""
    for row in facts.sections["bodies"]:
        if row.cells["group"] == name:
            yield from _of(facts, name, number(row, "count"))


def _of(facts: Facts, name: str, count: int) -> Iterator[tuple[str, Mapping[str, str]]]:
    group = COUNTED_AS.get(name, name)
    if name == SUB_UNITS_OF:
        yield from _sub_units(facts, count)
        return
    above = f"{facts.province}-{facts.district}" if name == "section" else facts.province
    bodies = SECTIONS if name == "section" else PROVINCE_BODIES[name]
    for end, name_vi, name_en in bodies[:count]:
        yield group, _row(f"{above}-{end}", above, group, name_vi, name_en)


def _sub_units(facts: Facts, count: int) -> Iterator[tuple[str, Mapping[str, str]]]:
    """As many below each department, up to one."""
    for place in range(count):
        end, name_vi, name_en = DEPARTMENTS_NOW[place % len(DEPARTMENTS_NOW)]
        number_, above = place // len(DEPARTMENTS_NOW) + 1, f"{facts.province}-{end}"
        names = (f"Đơn vị trực thuộc {number_} (giả lập), {name_vi}", f"Subordinate unit {number_}, {name_en}")
        yield SUB_UNITS_OF, _row(f"{above}-{number_:02d}", above, SUB_UNITS_OF, *names)


def _row(id_: str, parent: str, kind: str, name_vi: str, name_en: str) -> Mapping[str, str]:
    names = {"level": "department", "kind": kind, "name_vi": name_vi, "name_en": name_en, "code": ""}
    return {"unit": id_, "parent": parent, **names}
