"""The scenes' classifier as it comes with the program."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ganatlas.worlds import scenes
from ganatlas.worlds.inception import LAYERS, parameter_count
from ganatlas.worlds.registry import open_world

SHAPES = {"mixed3": 16, "mixed4": 8, "mixed5": 4}


@pytest.fixture(scope="module")
def classifier():
    return open_world("scenes").classifier()


def pixels_to_input(images: list[np.ndarray], classifier) -> torch.Tensor:
    x = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
    return (x - torch.tensor(classifier.mean).view(1, 3, 1, 1)) / torch.tensor(classifier.std).view(1, 3, 1, 1)


def test_layers_are_named_as_in_inceptionv1_and_keep_an_inner_position(classifier):
    assert classifier.layers == LAYERS
    seen: dict[str, torch.Tensor] = {}
    hooks = [
        classifier.module.get_submodule(name).register_forward_hook(
            lambda _m, _i, output, name=name: seen.__setitem__(name, output)
        )
        for name in classifier.layers
    ]
    size = classifier.input_size
    logits = classifier.module(torch.randn(2, 3, size, size))
    for hook in hooks:
        hook.remove()
    assert logits.shape == (2, len(classifier.class_names))
    assert list(seen) == list(LAYERS)
    for name, output in seen.items():
        side = SHAPES[name[:6]]
        assert output.shape[2:] == (side, side)
        assert output.min() >= 0
        assert output.dtype == torch.float32


def test_it_is_small_and_its_report_is_of_these_weights(classifier):
    folder = Path(scenes.__file__).parent
    assert 0.65e6 <= parameter_count(classifier.module) <= 1.5e6
    assert (folder / "classifier.safetensors").stat().st_size <= 3e6
    report = json.loads((folder / "classifier.json").read_text())
    assert report["sha256"] == classifier.digest
    assert report["parameters"] == parameter_count(classifier.module)


def test_it_names_the_landmark_of_fresh_images(classifier):
    images = open_world("scenes").images("real", 200, 987)
    drawn = [images[index] for index in range(200)]
    with torch.inference_mode():
        answers = classifier.module(pixels_to_input([one[0] for one in drawn], classifier)).argmax(1)
    right = np.mean([answer == one[1] for answer, one in zip(answers.tolist(), drawn, strict=True)])
    assert right >= 0.95
