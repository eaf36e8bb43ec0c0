"""``scripts/demo`` says what it takes before it prepares anything."""

from pathlib import Path
import shutil
import subprocess

import pytest

from demo.installation import ROOT


@pytest.mark.parametrize(
    ("argument", "code"), [("--help", 0), ("-h", 0), ("--chek", 2), ("check", 2)]
)
def test_what_it_takes_is_said_before_anything_is_prepared(
    tmp_path: Path, argument: str, code: int
) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    command = [str(tmp_path / "scripts" / "demo"), argument]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert "--phone-port" in ended.stdout + ended.stderr
    assert bool(ended.stderr) is bool(code)
    assert [it.name for it in tmp_path.iterdir()] == ["scripts"]
