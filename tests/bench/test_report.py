"""Tables of figures, and whether goals were met."""

import json

from bench.report import Goal, Table

TABLE = Table(
    "Plays",
    ("way", "µs", "requests"),
    [("bare", 512.4, 1), ("play_audio", 1.2345, 2)],
    [Goal("times bare", 1.5, 1.5), Goal("requests", 2, 1)],
)


def test_a_table_is_markdown_with_its_goals() -> None:
    assert str(TABLE) == (
        "## Plays\n\n"
        "| way | µs | requests |\n| --- | ---: | ---: |\n"
        "| bare | 512 | 1 |\n| play_audio | 1.23 | 2 |\n\n"
        "* times bare: 1.5, aimed at ≤ 1.5\n"
        "* requests: 2, aimed at ≤ 1 — **missed**"
    )


def test_a_table_is_data_with_all_figures() -> None:
    data = json.loads(json.dumps(TABLE.as_dict()))
    assert data["rows"][1] == {"way": "play_audio", "µs": 1.2345, "requests": 2}
    assert [goal["is_met"] for goal in data["goals"]] == [True, False]
