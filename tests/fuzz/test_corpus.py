"""What once broke something, or could, breaks nothing: the kept inputs of ``scripts/fuzz``."""

from pathlib import Path

import pytest

from fuzzing.targets import TARGETS
from tests.conftest import ROOT

KEPT = sorted((ROOT / "fuzzing" / "corpus").glob("*/*"))
PAYLOADS = sorted((ROOT / "tests" / "fixtures").iterdir())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_kept_input_breaks_nothing(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_documented_payload_breaks_nothing(path: Path) -> None:
    TARGETS["bodies"](path.read_bytes())


def test_every_target_has_inputs_to_begin_with() -> None:
    assert {path.parent.name for path in KEPT} == TARGETS.keys()
