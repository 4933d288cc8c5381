"""MAC addresses as the ledger writes them: lower case, with colons."""


def mac_text(octets: bytes) -> str:
    """Six octets as `02:68:00:10:00:01`; raises ValueError for another length."""
    if len(octets) != 6:
        raise ValueError(f"a MAC has 6 octets, not {len(octets)}")
    return octets.hex(":")
