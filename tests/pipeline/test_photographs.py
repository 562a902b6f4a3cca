"""The whole job on real photographs, through a network of a user's own: what was done to them is found."""

import io
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

sys.path.insert(0, str(Path(__file__).parent))
from findings import entries_of, missing_cells  # helpers beside the tests, which are no package

from ganatlas.bundle.manifest import Manifest
from ganatlas.bundle.verify import verify
from ganatlas.pipeline.config import parse_config
from ganatlas.pipeline.progress import Reporter
from ganatlas.pipeline.run import build

pytestmark = pytest.mark.slow

NETWORK = Path(__file__).parents[1] / "classifiers"
MISSING = "dog"
BLUR = 0.42  # px, of 32
LAYERS = ["block3", "block5", "block9", "block13"]


@pytest.fixture
def mobilenet(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the ported network, where this process and its workers can import it."""
    monkeypatch.setenv("GANATLAS_TEST_MOBILENET", str(shared_data / "mobilenet_v1_025_224.npz"))
    monkeypatch.setenv("PYTHONPATH", f"{NETWORK}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.syspath_prepend(NETWORK)
    return "mobilenet:make"


def cifar(archive: Path) -> tuple[np.ndarray, np.ndarray]:
    """All photographs, uint8 (n, 32, 32, 3), and their classes, in the archive's order."""
    images, labels = [], []
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith(".jpg"):
                handle = tar.extractfile(member)
                assert handle is not None
                images.append(np.asarray(Image.open(io.BytesIO(handle.read())).convert("RGB")))
                labels.append(member.name.split("/")[-2])
    return np.stack(images), np.array(labels)


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(sigma)))


def test_a_missing_class_and_a_blur_are_found_in_photographs(shared_data: Path, mobilenet: str, tmp_path: Path) -> None:
    images, labels = cifar(shared_data / "cifar10-train.tar")
    shuffled = np.random.default_rng(0).permutation(len(images))
    real, others = shuffled[:10_000], shuffled[10_000:]
    flawed = others[labels[others] != MISSING][:10_000]
    np.savez(tmp_path / "real.npz", images=images[real], labels=labels[real])
    np.savez(tmp_path / "flawed.npz", images=np.stack([blurred(images[i], BLUR) for i in flawed]), labels=labels[flawed])
    config: dict[str, Any] = {
        "datasets": [{"name": n, "source": str(tmp_path / f"{n}.npz")} for n in ("real", "flawed")],
        "classifier": {"name": mobilenet, "layers": LAYERS},
        "layout": {"stability_seeds": 0},
        "grids": {"sizes": [10, 20, 40]},
        "attribution": {"enabled": False},
        "icons": {"inverted": False},
        "metrics": {"enabled": False},
    }
    out = tmp_path / "cifar.atlas"
    build(parse_config(config), out, Reporter())
    assert verify(out) == []
    for size in (10, 20):
        assert missing_cells(out, "block13", size)[0].label == MISSING
    found = entries_of(out)
    assert found["block13", 10].p < 0.01
    # The last layer knows the class. Of the others the early ones show the blur.
    early = max(("block3", "block5"), key=lambda layer: found[layer, 10].js_corrected)
    assert found[early, 10].p < 0.01
    assert found[early, 10].js_corrected > 1.5 * found["block9", 10].js_corrected


def test_full_size_photographs_are_compared_with_blurred_copies_of_themselves(
    shared_data: Path, mobilenet: str, tmp_path: Path
) -> None:
    (tmp_path / "blurred").mkdir()
    for path in sorted((shared_data / "photos").iterdir()):
        image = Image.open(path).convert("RGB")
        # The same blur at the network's scale, whatever the size of the photograph.
        radius = 1.5 * min(image.size) / 256
        image.filter(ImageFilter.GaussianBlur(radius)).save(tmp_path / "blurred" / path.name, "JPEG", quality=95)
    config: dict[str, Any] = {
        "datasets": [
            {"name": "photos", "source": str(shared_data / "photos")},
            {"name": "blurred", "source": str(tmp_path / "blurred")},
        ],
        "classifier": {"name": mobilenet, "layers": LAYERS},
        "sampling": {"positions_per_image": 16},
        "divergence": {"paired": True},
        "layout": {"stability_seeds": 0},
        "grids": {"sizes": [10, 20], "min_count": 3},
        "icons": {"grids": [10], "steps": 4, "each_dataset": False},
    }
    out = tmp_path / "photos.atlas"
    build(parse_config(config), out, Reporter())
    assert verify(out) == []
    manifest = Manifest.model_validate_json((out / "manifest.json").read_text())
    assert manifest.classifier is not None
    assert len(manifest.classifier.classes) == 1000
    assert all(layer.point_count == 2 * 200 * 16 for layer in manifest.layers)
    assert len(manifest.datasets[0].sizes) > 1
    found = entries_of(out)
    # The early layers see a blur of so few photographs; what the last ones name hardly changes by it.
    for size in (10, 20):
        assert all(found[layer, size].p < 0.01 for layer in ("block3", "block5"))
        assert found["block5", size].js_corrected > 10 * found["block13", size].js_corrected
