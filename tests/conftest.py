"""What all tests share: one real tiny atlas, built once a run by the real pipeline, and the data that a checkout may lack."""

import fcntl
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch: its threads spin otherwise, and the tests share the cores

sys.path.append(str(Path(__file__).parent))  # `mutation` lies here, and the tests are no package

settings.register_profile("ganatlas", deadline=None)  # no test depends on the clock
settings.load_profile("ganatlas")

SHARED = Path(os.environ.get("GANATLAS_SHARED", Path(__file__).parents[2] / "shared"))

TINY: dict[str, Any] = {
    "preset": "preview",
    "datasets": [
        {"name": "real", "source": "world:scenes/real", "limit": 240, "reference": True},
        {"name": "flawed", "source": "world:scenes/flawed", "limit": 200, "series": "step", "value": 2},
    ],
    "classifier": {"name": "world:scenes", "layers": ["mixed3b", "mixed4c", "mixed5b"]},
    "layout": {"n_neighbors": 15, "epochs": 60},
    "grids": {"sizes": [10, 20], "min_count": 3},
    "icons": {"grids": [10], "each_dataset": True, "steps": 4, "child_steps": 2, "size": 32, "decoded": False},
}
"""A build of seconds: two sets, three layers, two grids."""


@pytest.fixture(scope="session")
def tiny_configuration() -> dict[str, Any]:
    """What `tiny_atlas` is built from."""
    return TINY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of photographs and networks that developers have beside their checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"needs the developers' data folder, which is not at {SHARED.name}/data beside this checkout")
    return SHARED / "data"


@pytest.fixture(scope="session")
def tiny_atlas(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A complete bundle made by the real pipeline. Read-only: copy it before changing it."""
    pytest.importorskip("torch")
    from ganatlas.pipeline.config import parse_config
    from ganatlas.pipeline.progress import Reporter
    from ganatlas.pipeline.run import build

    # The processes of pytest-xdist share one: the first builds, the others wait.
    base = tmp_path_factory.getbasetemp()
    root = base if worker_id == "master" else base.parent
    out = root / "tiny.atlas"
    with (root / "tiny.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "tiny.done").exists():
            build(parse_config(TINY), out, Reporter(quiet=True))
            (root / "tiny.done").touch()
    return out


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """pytest-xdist's name of this process, 'master' without it."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
