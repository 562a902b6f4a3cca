"""A real network of another framework, brought in as a user would, is what its publishers say it is."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from ganatlas.classifiers.base import Classifier
from ganatlas.classifiers.registry import layer_shapes, open_classifier
from ganatlas.sources.base import Source
from ganatlas.sources.inputs import prepare
from ganatlas.sources.registry import open_source

DATA = Path(os.environ.get("GANATLAS_TEST_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the photographs and the MobileNet are not here")


@pytest.fixture
def mobilenet(monkeypatch: pytest.MonkeyPatch) -> Classifier:
    monkeypatch.setenv("GANATLAS_TEST_MOBILENET", str(DATA / "mobilenet_v1_025_224.npz"))
    monkeypatch.chdir(Path(__file__).parent)
    return open_classifier("mobilenet:make", device="cpu")


def test_its_layers_are_its_stages_and_its_input_is_recorded(mobilenet: Classifier) -> None:
    assert len(mobilenet.classes or ()) == 1000
    assert (mobilenet.spec.size, mobilenet.spec.resize, mobilenet.spec.mean) == (224, 256, (0.5, 0.5, 0.5))
    shapes = layer_shapes(mobilenet)
    assert [(shape.channels, shape.height) for shape in shapes.values()] == [(16, 112), (32, 56), (64, 28), (128, 14), (256, 7)]
    assert list(shapes)[1:] == ["block3", "block5", "block11", "block13"]


@pytest.mark.slow
def test_it_recognises_as_many_photographs_as_published(mobilenet: Classifier) -> None:
    source = open_source(str(DATA / "photos"))
    assert isinstance(source, Source)
    synsets = [line.split("\t")[0] for line in (DATA / "imagenet_classes.txt").read_text().splitlines()]
    truth = torch.tensor([synsets.index(entry.name.split("_")[0]) for entry in source.entries()])
    ranks = []
    for start in range(0, len(truth), 50):
        images = np.stack(
            [prepare(source.read(index).image, mobilenet.spec) for index in range(start, min(start + 50, len(truth)))]
        )
        with torch.no_grad():
            x = mobilenet.normalise(torch.from_numpy(images).permute(0, 3, 1, 2))
            _, logits = mobilenet.maps(x, (), logits=True)
        assert logits is not None
        ranks.append((logits > logits.gather(1, truth[start : start + 50, None])).sum(1))
    rank = torch.cat(ranks)
    assert (rank < 1).float().mean() >= 0.5
    assert (rank < 5).float().mean() >= 0.75
