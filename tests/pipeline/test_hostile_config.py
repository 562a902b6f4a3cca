"""Whatever an atlas.toml says: a configuration, or one message that names what is wrong."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from ganatlas.errors import InputError
from ganatlas.pipeline.config import PRESETS, AtlasConfig, load_config

VALUES = st.one_of(
    st.sampled_from(
        [
            *("true", "false", "0", "-1", "1e999", "nan", "-inf", "9223372036854775808", '""', "[]", "[[]]", "{}", "{a = {}}"),
            *(
                "1979-05-27T07:32:00Z",
                "07:32:00",
                '"\\u0000"',
                '"~nobody-of-that-name/x"',
                '"../../etc/passwd"',
                "[1, 'a', []]",
            ),
            *("0x" + "f" * 4000, "'" + "x" * 5000 + "'", "[" * 60 + "]" * 60, '"torchvision:googlenet"', '"world:scenes/real"'),
        ]
    ),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters='"\\'), max_size=30).map(
        lambda text: f'"{text}"'
    ),
)


def tables(model: type[BaseModel], at: str = "") -> list[tuple[str, list[str]]]:
    """(table, its keys) of a configuration, the tables of tables too."""
    found = [(at, list(model.model_fields))]
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += tables(inner, f"{at}.{name}" if at else name)
    return found


TABLES = [*tables(AtlasConfig), ("[datasets]", ["name", "source", "limit", "seed", "images", "reference", "series", "value"])]


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """TOML that says anything under the keys that there are, and some that there are not."""
    lines: list[str] = []
    for table, keys in draw(st.lists(st.sampled_from(TABLES), max_size=5, unique_by=lambda one: one[0])):
        lines += [f"[{table}]"] if table else []
        for key in draw(st.lists(st.sampled_from([*keys, "nonsense", "preset"]), max_size=4, unique=True)):
            lines.append(f"{key} = {draw(VALUES)}")
    return "\n".join(lines)


def said_of(path: Path) -> AtlasConfig | None:
    try:
        return load_config(path)
    except InputError:
        return None


@settings(max_examples=300)
@given(text=configurations())
def test_any_value_under_any_key_is_a_configuration_or_one_message(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8")
    said_of(path)


@settings(max_examples=300)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_refused_or_are_a_configuration(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.toml"
    path.write_bytes(content)
    said_of(path)


WHOLE = """preset = "preview"
[[datasets]]
name = "real"
source = "photos"
[[datasets]]
name = "gan"
source = "samples.zip"
[classifier]
name = "torchvision:googlenet"
"""


@settings(max_examples=200)
@given(
    place=st.integers(0, len(WHOLE) - 1), inserted=st.text(st.characters(max_codepoint=127), max_size=4), cut=st.integers(0, 8)
)
def test_a_configuration_with_a_slip_of_the_pen_is_one_or_one_message(
    tmp_path_factory: pytest.TempPathFactory, place: int, inserted: str, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "slip.toml"
    path.write_text(WHOLE[:place] + inserted + WHOLE[place + cut :], encoding="utf-8")
    said_of(path)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"a = 1\n" * 1_700_000, id="10 MB of lines"),
        pytest.param(b"a = " + b"[" * 10_000_000, id="10 MB of brackets"),
        pytest.param(b"#" * 10_000_000, id="10 MB of comment"),
    ],
)
def test_a_configuration_of_10_mb_is_refused_unparsed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match="more than 1 MB"):
        load_config(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a file without an end")
def test_a_file_without_an_end_is_refused(tmp_path: Path) -> None:
    os.symlink("/dev/zero", tmp_path / "endless.toml")
    with pytest.raises(InputError, match="more than 1 MB"):
        load_config(tmp_path / "endless.toml")


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 900_000, "a" + ".a" * 400_000 + " = 1", "[a" + ".a" * 400_000 + "]", "a = " + "{a=" * 300_000]
)
def test_a_configuration_nested_deeply_is_one_message(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        load_config(path)
    assert len(refused.value.message) < 10_000


def test_what_is_wrong_is_said_shortly_however_long_the_wrong_thing_is(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text(WHOLE + f'layers = "{"x" * 500_000}"\n')
    with pytest.raises(InputError) as refused:
        load_config(path)
    assert len(refused.value.message) < 2_000


def test_every_preset_is_a_configuration() -> None:
    for preset in PRESETS:
        values: dict[str, Any] = {"preset": preset, "datasets": [{"name": "a", "source": "b"}]}
        assert AtlasConfig.model_validate(values)
