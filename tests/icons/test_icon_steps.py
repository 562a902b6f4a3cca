"""The steps of a build that make icons: settings that do not fit are said, failed icons are counted, decoders are files."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ganatlas.classifiers.base import Classifier, InputSpec
from ganatlas.errors import InputError
from ganatlas.icons.decoder import Decoder, DecoderSettings, decoder_settings
from ganatlas.icons.decoder_files import load_decoder, save_decoder
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.views import View
from ganatlas.pipeline import decoder_step
from ganatlas.pipeline.config import DecoderConfig, parse_config
from ganatlas.pipeline.decoder_step import Sight, shipped_decoder, told_layers
from ganatlas.pipeline.inverted import canvas_position, too_few_to_whiten
from ganatlas.worlds.inception import LAYERS

SIDES = (32, 32, 64, 48, 48, 56, 56, 64, 64)
"""Of the views of the scenes' nine layers."""
CHANNELS = (104, 128, 152, 160, 160, 168, 200, 264, 304)


def layer_of(samples: int, channels: int) -> Any:
    return SimpleNamespace(layer="mixed4a", loaded=(np.zeros((samples, channels), np.float16), None))


def test_whitening_with_fewer_samples_than_channels_says_what_to_change() -> None:
    settings = IconSettings(whitening=True)
    said = too_few_to_whiten(layer_of(100, 152), settings)
    assert said is not None
    assert "100 for 152" in said
    assert "sampling.positions_per_image = 3" in said
    assert "icons.whitening = false" in said
    assert too_few_to_whiten(layer_of(152, 152), settings) is None
    assert too_few_to_whiten(layer_of(100, 152), replace(settings, whitening=False)) is None


def test_a_canvas_under_what_the_centre_sees_says_what_to_change() -> None:
    with pytest.raises(InputError, match=r"under the 33 px .* mixed4a sees\. Give icons.canvas = 40 or more"):
        canvas_position("mixed4a", 8, 8.0, 33.0, 32)
    with pytest.raises(InputError, match=r"no multiple of 8 px, .* Give icons.canvas = 48, or leave it out"):
        canvas_position("mixed4a", 8, 8.0, 33.0, 45)
    assert canvas_position("mixed4a", 8, 8.0, 33.0, 48) == 3
    assert canvas_position("mixed4a", 8, 8.0, 33.0, None) == 4


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"child_steps": 0}, {"canvas": 4}, {"decoder": {"refine": -1}}])
def test_steps_and_sizes_that_make_nothing_are_refused_with_the_entry(wrong: dict[str, Any]) -> None:
    values = {"datasets": [{"name": "a", "source": "b"}], "icons": wrong}
    with pytest.raises(InputError, match=r"icons\.\w+.*greater than or equal to"):
        parse_config(values)


def test_decoded_icons_on_no_grid_at_all_are_refused() -> None:
    values = {"datasets": [{"name": "a", "source": "b"}], "icons": {"decoder": {"grids": []}}}
    with pytest.raises(InputError, match=r"icons\.decoder\.grids.*say icons\.decoded = false"):
        parse_config(values)


def test_the_compact_decoders_of_both_worlds_leave_room_in_the_package() -> None:
    sizes = [
        2 * sum(p.numel() for p in Decoder(decoder_settings(channels, side, "compact")).parameters())
        for channels, side in zip(CHANNELS, SIDES, strict=True)
    ]
    assert len(sizes) == len(LAYERS)
    assert 2 * sum(sizes) < 8.5e6  # of 20 MB for all weights; the other world's views are smaller


def test_a_decoder_paints_the_same_from_its_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    decoder, view = Decoder(DecoderSettings(6, 24, hidden=8, seed=4, widths=(8, 8, 8))), View(24, 4, 3)
    decoder.mean.fill_(0.5)
    digest = save_decoder(tmp_path / "layer.safetensors", decoder, view, "layer", "c" * 64)
    stored = load_decoder(tmp_path / "layer.safetensors")
    assert (stored.view, stored.layer, stored.classifier, stored.sha256) == (view, "layer", "c" * 64, digest)
    x = torch.randn(3, 6)
    assert torch.equal(stored.decoder(x), decoder.eval()(x))
    save_decoder(tmp_path / "half.safetensors", decoder, view, "layer", "c" * 64, half=True)
    torch.testing.assert_close(load_decoder(tmp_path / "half.safetensors").decoder(x), decoder(x), atol=2e-3, rtol=1e-2)
    (tmp_path / "half.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no whole decoder"):
        load_decoder(tmp_path / "half.safetensors")


def config_of(*sources: str) -> Any:
    return parse_config({"datasets": [{"name": f"set{i}", "source": one} for i, one in enumerate(sources)]})


def test_a_worlds_decoder_is_taken_for_that_worlds_sets_and_network_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder, view = Decoder(DecoderSettings(6, 24, hidden=8, seed=4, widths=(8, 8, 8))), View(24, 4, 3)
    path = tmp_path / "mixed3a.safetensors"
    save_decoder(path, decoder, view, "mixed3a", "d" * 64, half=True)
    monkeypatch.setattr(decoder_step, "decoder_file", lambda world, layer: path if layer == "mixed3a" else None)
    monkeypatch.setattr(decoder_step, "layer_view", lambda network, layer, sight: view)
    network: Any = SimpleNamespace(name="world:scenes", digest="d" * 64)
    sight = Sight(channels=6, height=16, offset=0.5, field=18.0)
    network.device = torch.device("cpu")
    own = config_of("world:scenes/real", "world:scenes/flawed")

    def found(config: Any = own, network: Any = network, layer: str = "mixed3a", sight: Sight = sight) -> bool:
        return shipped_decoder(config, network, layer, sight) is not None

    assert found()
    assert not found(layer="mixed3b")
    assert not found(config=config_of("world:scenes/real", "/my/images"))
    assert not found(config=config_of("world:cifar10/real", "world:cifar10/flawed"))
    assert not found(network=SimpleNamespace(name="world:scenes", digest="e" * 64))
    assert not found(network=SimpleNamespace(name="torchvision:googlenet", digest="d" * 64))
    assert not found(sight=replace(sight, channels=7))
    assert not found(
        config=own.model_copy(update={"icons": own.icons.model_copy(update={"decoder": DecoderConfig(shipped=False)})})
    )


def test_the_feature_loss_looks_at_every_resolution_on_the_way_whatever_layers_are_asked_for() -> None:
    from ganatlas.classifiers.registry import open_classifier

    network = open_classifier("world:scenes", device="cpu")
    assert told_layers(network, "mixed4a") == ("stem.0", "mixed3b", "mixed4a")
    assert told_layers(network, "mixed3a") == ("stem.0", "mixed3a")
    assert told_layers(network, "mixed5b") == ("stem.0", "mixed3b", "mixed4e", "mixed5b")
    alone = open_classifier("world:scenes", layers=["mixed4a"], device="cpu")
    assert told_layers(alone, "mixed4a") == told_layers(network, "mixed4a")


def test_where_no_map_is_finer_the_first_module_stands_for_the_early_ones() -> None:
    module = nn.Sequential(*(nn.Conv2d(inputs, 4, 3, padding=1) for inputs in (3, 4, 4, 4)))
    spec = InputSpec(8, 8, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
    network = Classifier("flat", module, spec, ("2",), (), "1" * 64, torch.device("cpu"))
    assert told_layers(network, "2") == ("0", "2")
    assert told_layers(network, "0") == ("0",)
