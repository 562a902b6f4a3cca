"""A network is opened by what a user writes, says what it is, and refuses helpfully what it is not."""

import sys
from pathlib import Path

import pytest
import torch

from ganatlas.classifiers.base import InputSpec, LayerShape
from ganatlas.classifiers.device import resolve_device
from ganatlas.classifiers.registry import layer_shapes, open_classifier
from ganatlas.errors import InputError


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent)


def test_a_users_network_is_found_in_the_current_folder_and_asked_for_its_stages() -> None:
    classifier = open_classifier("nets:chain", input_size=64, device="cpu")
    assert classifier.layers == ("first", "second", "third")
    assert layer_shapes(classifier) == {
        "first": LayerShape(8, 32, 32), "second": LayerShape(12, 16, 16), "third": LayerShape(16, 8, 8)
    }  # fmt: skip
    assert classifier.classes is None
    assert not classifier.module.training
    assert not any(parameter.requires_grad for parameter in classifier.module.parameters())


def test_what_a_network_says_of_itself_holds_unless_the_user_says_otherwise() -> None:
    said = InputSpec(32, 40, "bilinear", (0.0, 0.1, 0.2), (1.0, 1.0, 1.0))
    assert open_classifier("nets:described", device="cpu").spec == said
    assert open_classifier("nets:described", device="cpu").classes == tuple("abcde")
    changed = open_classifier("nets:described", input_size=64, mean=(0.5, 0.5, 0.5), classes=tuple("fghij"), device="cpu")
    assert changed.spec == InputSpec(64, 80, "bilinear", (0.5, 0.5, 0.5), (1.0, 1.0, 1.0))
    assert changed.classes == tuple("fghij")
    assert open_classifier("nets:described", classes=(), device="cpu").classes is None


def test_a_factory_may_return_a_dict() -> None:
    classifier = open_classifier("nets:as_dict", device="cpu")
    assert (classifier.layers, classifier.classes, classifier.spec.size) == (("second",), tuple("vwxyz"), 48)


def test_layers_are_put_in_the_order_of_the_forward_pass() -> None:
    assert open_classifier("nets:chain", layers=["third", "first.0", "third"], device="cpu").layers == ("first.0", "third")


def test_a_transformer_is_cut_into_blocks_over_its_depth() -> None:
    classifier = open_classifier("nets:transformer", input_size=64, device="cpu")
    assert classifier.layers == tuple(f"blocks.{index}" for index in range(6))
    assert set(layer_shapes(classifier).values()) == {LayerShape(24, 8, 8)}


def test_a_plain_chain_gives_the_last_module_before_each_halving() -> None:
    shapes = layer_shapes(open_classifier("nets:plain", input_size=64, device="cpu"))
    assert [(name, shape.height) for name, shape in shapes.items()] == [
        ("features.1", 64), ("features.4", 32), ("features.7", 16), ("features.10", 8), ("features", 4)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (["secnd"], r"no layer secnd. Did you mean second or .*\? It has: first.0, .*third"),
        (["zzz"], "no layer zzz. It has: first"),
        (["unused"], "unused takes no part"),
        ([], "no layer is named"),
    ],
)
def test_a_wrong_layer_is_refused_with_those_there_are(layers: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_classifier("nets:chain", layers=layers, device="cpu")


def test_a_module_called_several_times_is_no_place() -> None:
    with pytest.raises(InputError, match="relu is called 3 times"):
        open_classifier("nets:shared", layers=["relu"], device="cpu")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("googlenet", "does not name a classifier"),
        ("nets:", "does not name a classifier"),
        ("nonsense.package:make", "no module nonsense.package"),
        ("nets:chian", "no function chian. It has: .*chain"),
        ("nets:broken", "RuntimeError: no weights here"),
        ("nets:no_network", "returned a int"),
        ("nets:wrong_dict", "unknown clases"),
        ("world:nowhere", "nowhere"),
    ],
)
def test_a_name_that_gives_no_network_is_refused(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_classifier(name, device="cpu")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ["a", "b"]}, "gives 5 logits, but 2 class names"),
        ({"resize": 100}, "below the input size"),
        ({"std": (1.0, 0.0, 1.0)}, "std above 0"),
        ({"interpolation": "cubist"}, "unknown interpolation"),
        ({"input_size": 4}, "at least 8"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_classifier("nets:chain", device="cpu", **options)  # type: ignore[arg-type]


def test_a_network_that_fails_on_its_input_says_how() -> None:
    with pytest.raises(InputError, match=r"failed on an input of \(1, 3, 224, 224\): .*set `input_size`"):
        open_classifier("nets:fixed", device="cpu")
    assert open_classifier("nets:fixed", input_size=32, device="cpu").layers == ("0",)


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match=r"no CUDA GPU here. Use --device cpu or auto"):
        open_classifier("nets:chain", device="cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(InputError, match="only cuda:0 to cuda:1"):
        resolve_device("cuda:2")
    assert resolve_device("cuda") == torch.device("cuda", 0)


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "meta"])
def test_an_unknown_device_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="Expected auto, cpu"):
        resolve_device(name)


@pytest.fixture
def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(7)
    classifier = open_classifier("nets:chain", device="cpu")
    return {name: torch.randn_like(value) for name, value in classifier.module.state_dict().items()}


def test_weights_are_read_from_pth_and_safetensors_and_change_the_digest(
    tmp_path: Path, state: dict[str, torch.Tensor]
) -> None:
    from safetensors.torch import save_file

    torch.save({"state_dict": {f"module.{name}": value for name, value in state.items()}}, tmp_path / "a.pth")
    save_file(state, tmp_path / "a.safetensors")
    first = open_classifier("nets:chain", weights=str(tmp_path / "a.pth"), device="cpu")
    second = open_classifier("nets:chain", weights=str(tmp_path / "a.safetensors"), device="cpu")
    assert first.digest == second.digest != open_classifier("nets:chain", device="cpu").digest
    assert (first.module.state_dict()["head.weight"] == state["head.weight"]).all()


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (open, ("executed", "w"))


def test_weights_that_hold_code_are_not_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"state_dict": _Evil()}, tmp_path / "evil.pth")
    with pytest.raises(InputError, match="Python objects, which are never executed"):
        open_classifier("nets:chain", weights=str(tmp_path / "evil.pth"), device="cpu")
    assert not Path("executed").exists()


def test_weights_that_do_not_fit_are_refused(tmp_path: Path, state: dict[str, torch.Tensor]) -> None:
    path = str(tmp_path / "a.pth")
    torch.save({name: value for name, value in state.items() if name != "head.bias"}, path)
    with pytest.raises(InputError, match=r"another network: 1 missing \(head.bias\), 0 unknown"):
        open_classifier("nets:chain", weights=path, device="cpu")
    torch.save({**state, "head.bias": torch.zeros(6)}, path)
    with pytest.raises(InputError, match=r"another network: size mismatch for head.bias"):
        open_classifier("nets:chain", weights=path, device="cpu")
    torch.save([1, 2], path)
    with pytest.raises(InputError, match="holds no weights"):
        open_classifier("nets:chain", weights=path, device="cpu")
    Path(path).write_bytes(b"no weights at all")
    with pytest.raises(InputError, match=r"Python objects|cannot read the weights"):
        open_classifier("nets:chain", weights=path, device="cpu")
    with pytest.raises(InputError, match="does not exist"):
        open_classifier("nets:chain", weights=path + "x", device="cpu")


def test_torchvision_where_it_is_not_installed_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(InputError, match=r"Install ganatlas\[torchvision\]"):
        open_classifier("torchvision:googlenet", device="cpu")
