"""One command runs the benchmarks; what they find, and that one failed, is on the page."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
GOOD = """
import sys
sys.path.insert(0, {here!r})
import argparse
from figures import Figure, add_json, report
parser = argparse.ArgumentParser()
add_json(parser)
print("working")
sys.exit(report([Figure("speed", 12.0, "1/s", 10, at_most=False), Figure("time", 3.0, "s", 2.0), Figure("size", 5.0, "MB")],
                parser.parse_args().json))
"""
PLAIN = "import json, sys\nopen(sys.argv[-1], 'w').write(json.dumps({'seconds': 1.5}))"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("benchmarks_main", BENCHMARKS / "__main__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "benchmarks_main", module)
    spec.loader.exec_module(module)
    for name, text in (
        ("good", GOOD.format(here=str(BENCHMARKS))),
        ("plain", PLAIN),
        ("broken", "raise SystemExit('no such peer')"),
    ):
        (tmp_path / f"{name}.py").write_text(text)
    made = tuple(
        module.Benchmark(name, f"About {name}", (str(tmp_path / f"{name}.py"),)) for name in ("good", "plain", "broken")
    )
    monkeypatch.setattr(module, "BENCHMARKS", made)
    return module


def run(runner: ModuleType, monkeypatch: pytest.MonkeyPatch, folder: Path, *options: str) -> tuple[int, str]:
    page = folder / "performance.md"
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--work", str(folder / "work"), "--page", str(page), *options])
    return runner.main(), page.read_text()


def test_every_figure_is_on_the_page_beside_its_limit_and_a_failure_is_said(
    runner: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, page = run(runner, monkeypatch, tmp_path)
    assert code == 1
    assert "| speed | 12 1/s | ≥ 10 1/s | 1.20 | reached |" in page
    assert "| time | 3 s | ≤ 2 s | 1.50 | **missed** |" in page
    assert "| size | 5 MB |  |  |  |" in page
    assert "| seconds | 1.5" in page
    assert "It failed with exit code 1" in page.partition("## About broken")[2]
    assert "no such peer" in page
    assert "It failed" not in page.partition("## About broken")[0]
    assert "Machine: " in page


def test_one_that_is_run_alone_replaces_its_own_part_only(
    runner: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run(runner, monkeypatch, tmp_path)
    kept = tmp_path / "work" / "good.json"
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"date": "2001-02-03"}))
    code, page = run(runner, monkeypatch, tmp_path, "--only", "plain")
    assert code == 0
    assert "`good`, 2001-02-03" in page
    assert "## About broken" in page


def test_every_benchmark_that_is_named_is_there_and_writes_json() -> None:
    text = (BENCHMARKS / "__main__.py").read_text()
    scripts = {line.split('("')[-1].split('"')[0] for line in text.splitlines() if ".py" in line and "Benchmark(" in line}
    assert len(scripts) >= 7
    for script in scripts:
        written = (BENCHMARKS / script).read_text()
        assert "add_json(" in written or '"--json"' in written, script
