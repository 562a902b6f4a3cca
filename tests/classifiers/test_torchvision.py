"""torchvision's networks with weights of a file: their stages, their own transforms and class names, no download."""

from pathlib import Path

import pytest
import torch

from ganatlas.classifiers.registry import layer_shapes, open_classifier
from ganatlas.classifiers.torchvision import GOOGLENET_LAYERS
from ganatlas.errors import InputError

models = pytest.importorskip("torchvision.models", reason="torchvision is not installed")


def saved(name: str, tmp_path: Path, **options: object) -> str:
    """Random weights, as torchvision would publish them for training."""
    torch.manual_seed(0)
    torch.save(models.get_model(name, weights=None, **options).state_dict(), tmp_path / f"{name}.pth")
    return str(tmp_path / f"{name}.pth")


def test_googlenet_has_the_nine_layers_of_the_study_and_its_own_input(tmp_path: Path) -> None:
    net = open_classifier("torchvision:googlenet", weights=saved("googlenet", tmp_path, init_weights=False), device="cpu")
    assert net.layers == GOOGLENET_LAYERS
    assert (net.spec.size, net.spec.resize, net.spec.interpolation) == (224, 256, "bilinear")
    assert net.spec.mean == (0.485, 0.456, 0.406)
    assert len(net.classes or ()) == 1000
    shapes = layer_shapes(net)
    assert [shapes[name].height for name in GOOGLENET_LAYERS] == [28, 28, 14, 14, 14, 14, 14, 7, 7]
    assert shapes["inception3a"].channels == 256


def test_googlenet_from_a_file_computes_what_torchvision_computes_with_it(tmp_path: Path) -> None:
    path = saved("googlenet", tmp_path, init_weights=False)
    net = open_classifier("torchvision:googlenet", weights=path, device="cpu")
    reference = models.get_model("googlenet", weights=None, init_weights=False, transform_input=True)
    reference.load_state_dict(torch.load(path, weights_only=True))
    x = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        _, logits = net.maps(x, ("inception4a",), logits=True)
        assert logits is not None
        assert torch.allclose(logits, reference.eval()(x), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("resnet18", ["layer1", "layer2", "layer3", "layer4"]),
        ("mobilenet_v2", ["features.1", "features.3", "features.6", "features.13", "features.18"]),
        ("squeezenet1_1", ["features.4", "features.7", "features.12"]),
    ],
)
def test_another_networks_layers_are_its_stages(tmp_path: Path, name: str, layers: list[str]) -> None:
    assert list(open_classifier(f"torchvision:{name}", weights=saved(name, tmp_path), device="cpu").layers) == layers


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "side"), [("vit_b_32", 7), ("swin_t", 7), ("convnext_tiny", 7), ("vgg11", 7), ("densenet121", 7)]
)
def test_transformers_and_plain_chains_have_layers_too(tmp_path: Path, name: str, side: int) -> None:
    net = open_classifier(f"torchvision:{name}", weights=saved(name, tmp_path), device="cpu")
    shapes = list(layer_shapes(net).values())
    assert len(shapes) >= 3
    assert (shapes[-1].height, shapes[-1].width) == (side, side)
    assert shapes[-1].channels > side


def test_a_name_that_torchvision_does_not_have_is_refused() -> None:
    with pytest.raises(InputError, match=r"no network 'googlnet'. Did you mean googlenet"):
        open_classifier("torchvision:googlnet", device="cpu")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="weights of another network"):
        open_classifier("torchvision:resnet18", weights=saved("mobilenet_v2", tmp_path), device="cpu")


def test_weights_that_cannot_be_downloaded_are_refused_with_another_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr(torch.hub, "urlopen", refuse)
    with pytest.raises(InputError, match=r"cannot get torchvision's weights for resnet18: .*weights=FILE"):
        open_classifier("torchvision:resnet18", device="cpu")
