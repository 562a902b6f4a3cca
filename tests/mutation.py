"""Bytes changed at a few places, for tests of everything that reads what others made."""

from hypothesis import strategies as st

MUTATIONS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)
"""Places (as shares of the length), and the bytes that are put there."""


def mutated(content: bytes, places: list[tuple[float, int]]) -> bytes:
    """The same bytes but for some places."""
    changed = bytearray(content)
    for place, value in places:
        changed[int(place * len(changed))] = value
    return bytes(changed)
