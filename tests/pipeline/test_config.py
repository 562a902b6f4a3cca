"""An atlas.toml is checked whole, and what is wrong is named with its line and with what was expected."""

from pathlib import Path

import pytest

from ganatlas.errors import InputError
from ganatlas.pipeline.config import AtlasConfig, load_config, parse_config

GOOD = """
seed = 3

[[datasets]]
name = "real"
source = "real"

[[datasets]]
name = "gan"
source = "gan.zip"

[layout]
n_neighbors = 20
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "atlas.toml"
    path.write_text(text)
    return path


def refused(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        load_config(write(folder, text))
    return caught.value.message


def test_paths_are_relative_to_the_configuration(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, GOOD))
    assert [d.source for d in config.datasets] == [str(tmp_path / "real"), str(tmp_path / "gan.zip")]
    assert config.layout.n_neighbors == 20


def test_the_first_dataset_is_the_reference_unless_another_says_so(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, GOOD)).reference == 0
    assert (
        load_config(write(tmp_path, GOOD.replace('source = "gan.zip"', 'source = "gan.zip"\nreference = true'))).reference == 1
    )


def test_an_unknown_key_is_named_with_its_line_and_the_likely_one(tmp_path: Path) -> None:
    message = refused(tmp_path, GOOD.replace("n_neighbors", "n_neighbours"))
    assert "layout.n_neighbours (line 13)" in message
    assert "did you mean 'n_neighbors'" in message


def test_an_unknown_key_of_a_dataset_is_found_in_the_right_table(tmp_path: Path) -> None:
    message = refused(tmp_path, GOOD.replace('source = "gan.zip"', 'source = "gan.zip"\npath = "x"'))
    assert "datasets.1.path (line 11)" in message


def test_datasets_that_are_all_wrong_are_not_said_to_be_missing(tmp_path: Path) -> None:
    message = refused(tmp_path, GOOD.replace("source =", "sources ="))
    assert "datasets.0.sources" in message
    assert "datasets.1.sources" in message
    assert "at least 1 item" not in message
    assert "at least 1 item" in refused(tmp_path, "datasets = []")


def test_a_wrong_type_is_named_with_what_was_expected(tmp_path: Path) -> None:
    message = refused(tmp_path, GOOD.replace("n_neighbors = 20", 'n_neighbors = "many"'))
    assert "line 13" in message
    assert "integer" in message
    assert "'many'" in message


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("[grids]\nsizes = [10, 30]", "10, 20, 40, 80, 160, 320"),
        ("[divergence]\npermutations = 3", "greater than or equal to 19"),
        ("[images]\nallow_skipped = 2.0", "less than or equal to 1"),
    ],
)
def test_an_impossible_value_is_named_with_what_is_possible(tmp_path: Path, section: str, expected: str) -> None:
    assert expected in refused(tmp_path, GOOD + section)


def test_two_datasets_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "'real'" in refused(tmp_path, GOOD.replace('"gan"', '"real"'))


def test_two_references_are_refused() -> None:
    sets = [{"name": n, "source": n, "reference": True} for n in ("a", "b")]
    with pytest.raises(InputError, match="one dataset can be the reference"):
        parse_config({"datasets": sets})


def test_a_dataset_cannot_take_the_name_of_all_sets_together() -> None:
    with pytest.raises(InputError, match="joint"):
        parse_config({"datasets": [{"name": "joint", "source": "x"}]})


def test_a_dataset_name_cannot_be_a_path() -> None:
    with pytest.raises(InputError, match=r"datasets\.0\.name"):
        parse_config({"datasets": [{"name": "../x", "source": "x"}]})


def test_what_is_not_toml_is_refused_with_its_place(tmp_path: Path) -> None:
    assert "line 1" in refused(tmp_path, "seed = = 3")


def test_a_missing_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no configuration"):
        load_config(tmp_path / "none.toml")


def test_a_huge_configuration_is_refused_unread(tmp_path: Path) -> None:
    assert "more than 1 MB" in refused(tmp_path, "# " + "x" * 1_100_000)


def test_a_preset_gives_way_to_what_is_said() -> None:
    sets = [{"name": "a", "source": "a"}]
    preview = parse_config({"preset": "preview", "datasets": sets})
    said = parse_config({"preset": "preview", "datasets": sets, "icons": {"steps": 7}})
    assert preview.icons.steps < AtlasConfig.model_validate({"datasets": sets}).icons.steps
    assert said.icons.steps == 7
    assert said.icons.grids == preview.icons.grids


GENERATED = """
[[datasets]]
name = "real"
source = "world:cifar10/real"
images = "photographs.tar"
limit = 100

[[datasets]]
name = "gan"
generator = "world:cifar10/sngan"
n = 50
seed = 4
classes = ["cat", "dog"]
truncation = 0.5
"""


def test_a_generator_says_n_seed_classes_and_truncation(tmp_path: Path) -> None:
    real, gan = load_config(write(tmp_path, GENERATED)).datasets
    assert real.images == str(tmp_path / "photographs.tar")
    assert (gan.generator, gan.n, gan.seed, gan.classes, gan.truncation) == ("world:cifar10/sngan", 50, 4, ("cat", "dog"), 0.5)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("n = 50\n", "", "a generator needs n"),
        ("n = 50\n", "n = 50\nlimit = 3\n", "limit cannot be said of a generator"),
        ("n = 50\n", 'n = 50\nsource = "x"\n', "either a source or a generator, and not both"),
        ("limit = 100\n", "limit = 100\ntruncation = 0.5\n", "truncation cannot be said of a source"),
        ('"world:cifar10/real"', '"photographs"', "images is for a source world:NAME/VARIANT"),
        ("truncation = 0.5", "truncation = 0.0", "truncation (line 14)"),
    ],
)
def test_what_a_dataset_cannot_say_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refused(tmp_path, GENERATED.replace(old, new))


SERIES = """
[[datasets]]
name = "real"
source = "real"

[[datasets]]
name = "half"
source = "half"
series = "truncation"
value = 0.5

[[datasets]]
name = "whole"
source = "whole"
series = "truncation"
value = 1
"""


def test_datasets_of_a_series_say_its_name_and_their_value(tmp_path: Path) -> None:
    real, half, whole = load_config(write(tmp_path, SERIES)).datasets
    assert (real.series, real.value) == (None, None)
    assert [(d.series, d.value) for d in (half, whole)] == [("truncation", 0.5), ("truncation", 1.0)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value = 1\n", "", "a series needs a value"),
        ('series = "truncation"\nvalue = 1\n', "value = 1\n", "a series needs a value, and a value its series"),
        ("value = 1\n", "value = 0.5\n", "'half' and 'whole' have the same value 0.5 in series 'truncation'"),
        ("value = 1\n", "value = 1\nreference = true\n", "'whole' is the reference"),
        ("value = 1\n", "value = nan\n", "finite number"),
        ('series = "truncation"\nvalue = 1\n', 'series = ""\nvalue = 1\n', "at least 1 character"),
    ],
)
def test_what_a_series_cannot_say_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refused(tmp_path, SERIES.replace(old, new))
