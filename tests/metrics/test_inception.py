"""Inception-V3 for FID: torch-fidelity's features to the bit, both resizings, weights that cannot run anything, and FID and KID
from folders of images.

The published weights are no part of the tests: these are random ones of the same network, saved here.
"""

import hashlib
import pickle
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

sys.path.append(str(Path(__file__).parent))
from fidelity import torch_fidelity_at_hand

from ganatlas.bundle.metrics import Metrics
from ganatlas.cli import app
from ganatlas.errors import InputError
from ganatlas.metrics import kernel_distance
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build
from ganatlas.published.inception import PUBLISHED, SHA256, open_inception
from ganatlas.published.resizing import clean, like_tensorflow

IMAGES = 6
KEY = ("Conv2d_1a_3x3.conv.weight", (32, 3, 3, 3))


@pytest.fixture(scope="module")
def theirs() -> Iterator[Any]:
    """torch-fidelity's own network with random weights, whose features are of usual size."""
    with torch_fidelity_at_hand():
        module = __import__("torch_fidelity.feature_extractor_inceptionv3", fromlist=["FeatureExtractorInceptionV3"])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module.FeatureExtractorInceptionV3, "load_state_dict", lambda *_: None)
            patch.setattr(torch, "load", lambda *_, **__: None)
            torch.manual_seed(0)
            network = module.FeatureExtractorInceptionV3("inception-v3-compat", ["2048"], feature_extractor_weights_path="none")
        for module_ in network.modules():
            if isinstance(module_, torch.nn.BatchNorm2d):
                module_.momentum = None  # so that one batch sets the scale of every layer
        with torch.no_grad():
            network.train()(batch_of(pictures(9)))
        yield network.eval()


@pytest.fixture(scope="module")
def weights(theirs: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "random.pth"
    torch.save(theirs.state_dict(), path)
    return path


def pictures(seed: int) -> list[Image.Image]:
    """Noise and edges, at which resizings differ, of no square size."""
    random = np.random.default_rng(seed)
    values = random.integers(0, 256, (IMAGES, 40, 56, 3), np.uint8)
    values[:, ::4, :, 1] = 255
    return [Image.fromarray(each) for each in values]


def batch_of(images: list[Image.Image]) -> torch.Tensor:
    return torch.from_numpy(np.stack([np.asarray(image) for image in images]).transpose(0, 3, 1, 2).copy())


def features(network: Any, images: list[Image.Image]) -> np.ndarray:
    return np.concatenate(list(network.batches(lambda i: images[i], range(len(images)), 4)))


def test_after_the_old_resizing_features_and_kernel_distance_are_torch_fidelitys(theirs: Any, weights: Path) -> None:
    network, _ = open_inception(str(weights), "cpu")
    sets = [pictures(0), [image.point(lambda v: v // 2) for image in pictures(1)]]
    ours = [features(network, images) for images in sets]
    with torch.inference_mode():
        told = [theirs(batch_of(images))[0] for images in sets]
    assert ours[0].shape == (IMAGES, 2048)
    assert ours[0].std() > 0.01
    for mine, other in zip(ours, told, strict=True):
        np.testing.assert_allclose(mine, other.numpy(), rtol=1e-4, atol=1e-6)
    metric = __import__("torch_fidelity.metric_kid", fromlist=["kid_features_to_metric"])
    kid = metric.kid_features_to_metric(told[1], told[0], kid_subsets=4, kid_subset_size=5, verbose=False)
    mine = kernel_distance(*ours, subsets=4, subset_size=5, permutations=19)
    assert mine.value == pytest.approx(kid["kernel_inception_distance_mean"], rel=1e-3)


def folder_of(path: Path, seed: int, shape: tuple[int, int], suffix: str) -> Path:
    """A dozen images of one size."""
    path.mkdir()
    random = np.random.default_rng(seed)
    for i in range(12):
        pixels = random.integers(0, 256, (*shape, 3)) // (1 + seed) + np.linspace(0, 100, shape[1])[:, None]
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path / f"{i:02d}{suffix}")
    return path


@pytest.mark.slow
def test_from_folders_of_images_the_command_gives_the_fid_and_kid_of_torch_fidelity(
    theirs: Any, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # torch-fidelity has no FID (clean).
    monkeypatch.setattr("ganatlas.published.inception.open_inception", lambda *given: open_inception(*given)[:1])
    real = folder_of(tmp_path / "real", 0, (40, 56), ".png")  # kept exactly in the atlas
    made = folder_of(tmp_path / "made", 1, (96, 80), ".jpg")  # read again from where it lies
    config = {
        "preset": "preview",
        "datasets": [{"name": each.name, "source": str(each)} for each in (real, made)],
        "classifier": {"name": "world:scenes", "layers": ["mixed5b"]},
        "layout": {"n_neighbors": 5, "epochs": 20, "stability_seeds": 0},
        "grids": {"sizes": [10], "min_count": 3},
        "attribution": {"enabled": False},
        "icons": {"inverted": False, "decoded": False},
        "metrics": {"enabled": True, "figures": ["frechet_distance"], "permutations": 19, "slices": False},
    }
    atlas = tmp_path / "x.atlas"
    build(parse_config(config), atlas, Reporter(quiet=True))
    ended = CliRunner().invoke(app, ["metrics", str(atlas), "--fid-weights", str(weights), "--device", "cpu", "--json"])
    assert ended.exit_code == 0, ended.output
    ours = next(e for e in Metrics.model_validate_json(ended.stdout).entries if e.features == "inception-tf").figures
    told = __import__("torch_fidelity").calculate_metrics(
        input1=str(made), input2=str(real), fid=True, kid=True, kid_subsets=2, kid_subset_size=12,
        feature_extractor_weights_path=str(weights), cuda=False, cache=False, save_cpu_ram=True, verbose=False,
    )  # fmt: skip
    assert told["frechet_inception_distance"] > 1
    assert ours["frechet_distance"].value == pytest.approx(told["frechet_inception_distance"], rel=1e-4)
    assert ours["kernel_distance"].value == pytest.approx(told["kernel_inception_distance_mean"], rel=1e-3)


def test_the_clean_resizing_is_the_published_one_and_smooths_what_the_old_one_does_not(theirs: Any) -> None:
    image = pictures(2)[0]
    pixels = np.asarray(image, np.float32)
    expected = np.stack(
        [
            np.asarray(Image.fromarray(pixels[:, :, c], mode="F").resize((299, 299), resample=Image.BICUBIC)).clip(0, 255)
            for c in range(3)
        ]
    )
    np.testing.assert_array_equal(clean(image, 299), expected)
    half = Image.fromarray(np.tile(np.uint8([[0, 255], [255, 0]]), (8, 8))).convert("RGB")
    assert np.ptp(clean(half, 4)) < 10  # a fine checkerboard becomes grey
    assert set(np.unique(like_tensorflow(half, 4))) <= {0, 255}  # and is picked to pieces without antialiasing


def test_weights_that_are_not_the_published_ones_are_named(weights: Path, theirs: Any) -> None:
    for network in open_inception(str(weights), "cpu"):
        (said,) = network.warnings
        assert "random.pth is another file" in said
        assert SHA256[:12] in said
    assert PUBLISHED.endswith(f"#sha256={SHA256}")


def test_weights_from_an_address_are_checked_by_their_sha256(
    weights: Path, theirs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = HTTPServer(("127.0.0.1", 0), partial(handler, directory=str(weights.parent)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/random.pth"
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        found = open_inception(f"{address}#sha256={digest}", "cpu")[0]
        assert found.digest == open_inception(str(weights), "cpu")[0].digest
        with pytest.raises(InputError, match=r"it is another file\. Nothing was kept"):
            open_inception(f"{address}#sha256={SHA256}", "cpu")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Runs:
    """What a pickle could do to whoever loads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("the file was executed",))


def test_nothing_in_a_weights_file_is_executed(tmp_path: Path, theirs: Any) -> None:
    path = tmp_path / "bad.pth"
    for save in (lambda value: path.write_bytes(pickle.dumps(value)), lambda value: torch.save(value, path)):
        save({KEY[0]: Runs()})
        with pytest.raises(InputError, match=r"bad\.pth"):
            open_inception(str(path), "cpu")


def test_weights_of_another_network_are_refused(tmp_path: Path, theirs: Any) -> None:
    torch.save({KEY[0]: torch.zeros(KEY[1])}, tmp_path / "other.pth")
    with pytest.raises(InputError, match=r"other\.pth holds weights of another network than torch-fidelity's Inception-V3"):
        open_inception(str(tmp_path / "other.pth"), "cpu")
