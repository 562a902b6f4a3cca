"""A made-up bundle for tests of reading and checking; `synthetic` lies beside the tests, which are no package."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from synthetic import Plan, write_synthetic_bundle

SMALL = Plan(images=150, side=32, layers=("early", "late"), sizes=(10, 20), positions=2)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole bundle. Read-only: take `atlas` to change one."""
    folder = tmp_path_factory.mktemp("whole") / "whole.atlas"
    write_synthetic_bundle(folder, SMALL)
    return folder


@pytest.fixture
def atlas(whole: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(whole, tmp_path / "copy.atlas"))
