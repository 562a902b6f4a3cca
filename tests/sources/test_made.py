"""What is made rather than read: worlds and generators as sources, with their options."""

import pickle

import numpy as np
import pytest

from ganatlas.errors import InputError
from ganatlas.sources.base import Source
from ganatlas.sources.generator import GeneratorSource
from ganatlas.sources.ingest import ingest
from ganatlas.sources.registry import open_source


def opened(text: str, n: int = 40, seed: int = 0) -> Source:
    source = open_source(text, limit=n, seed=seed, device="cpu")
    assert isinstance(source, Source)
    return source


def test_a_worlds_generator_is_named_like_its_images(tmp_path):
    source = opened("world:scenes/sngan?truncation=0.5&classes=barn,boat&seed=9")
    assert isinstance(source, GeneratorSource)
    assert source.description == "world:scenes/sngan (seed 9, classes barn, boat, truncation 0.5)"
    assert {entry.label for entry in source.entries()} == {"barn", "boat"}
    assert source.labels()[:2] == ["church", "house"]
    ingested = ingest(source, tmp_path, source.labels())
    assert ingested.count == 40
    assert ingested.has_labels


def test_ingesting_twice_gives_the_same_bytes_whatever_the_workers(tmp_path):
    files = []
    for workers in (1, 2):
        source = opened("world:scenes/sngan", n=600, seed=4)
        files.append(ingest(source, tmp_path / str(workers), source.labels(), workers=workers).images.read_bytes())
    assert files[0] == files[1]


def test_its_fingerprint_changes_with_all_that_changes_the_images():
    texts = ["", "?truncation=0.5", "?truncation=0.6", "?classes=barn", "?seed=1"]
    prints = {opened(f"world:scenes/sngan{text}").fingerprint() for text in texts}
    assert len(prints) == len(texts)
    assert opened("world:scenes/sngan", seed=1).fingerprint() == opened("world:scenes/sngan?seed=1").fingerprint()
    assert opened("world:scenes/sngan", n=41).fingerprint() not in prints


def test_a_world_keeps_the_seed_of_its_address():
    source = opened("world:scenes/real?seed=5", seed=0)
    same = pickle.loads(pickle.dumps(opened("world:scenes/real", seed=5)))
    np.testing.assert_array_equal(np.asarray(source.read(3).image), np.asarray(same.read(3).image))


def test_a_users_generator_needs_its_scheme(tmp_path, monkeypatch):
    (tmp_path / "mine_gan.py").write_text(
        "import torch\n"
        "class Flat(torch.nn.Module):\n"
        "    latent = 3\n"
        "    def forward(self, z):\n"
        "        return z[:, :, None, None].expand(-1, 3, 8, 8).tanh()\n"
        "def make():\n"
        "    return Flat()\n"
    )
    monkeypatch.chdir(tmp_path)
    source = opened("generator:mine_gan:make")
    assert source.read(0).image.size == (8, 8)
    assert source.labels() == []
    assert {entry.label for entry in source.entries()} == {None}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("world:scenes/sngan?psi=0.5", "no option psi; the options are: seed, classes, truncation, images"),
        ("world:scenes/sngan?truncation=half", "could not convert string to float"),
        ("world:scenes/sngan?seed=-1", "a seed of -1"),
        ("world:scenes/sngan?classes=ufo", "no class ufo"),
        ("world:scenes/real?truncation=0.5", "classes and truncation are for generators"),
        ("world:scenes/reel", "has no images 'reel'; it has: real, flawed, sngan"),
        ("generator:nowhere_at_all:make", "there is no module nowhere_at_all"),
    ],
)
def test_options_that_mean_nothing_are_refused(text, said):
    with pytest.raises(InputError, match=said):
        opened(text)


def test_any_number_of_images_needs_a_number():
    with pytest.raises(InputError, match="say how many images to make"):
        open_source("world:scenes/sngan")
