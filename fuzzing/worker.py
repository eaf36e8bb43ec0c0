"""``python -m fuzzing.worker TARGET …``: fuzz one target; the rest goes to libFuzzer."""

import sys
from typing import Final

import atheris

#: What is instrumented, so that libFuzzer sees which inputs reach something new.
_INSTRUMENTED: Final = [
    "custom_components.pilotstatus.api",
    "custom_components.pilotstatus.media.audio_format",
    "email._parseaddr",
    "email.utils",
]


def main() -> None:
    """Fuzz until libFuzzer ends the process."""
    with atheris.instrument_imports(include=_INSTRUMENTED):
        from .targets import TARGETS  # noqa: PLC0415 - what is imported here is instrumented
    _, target, *arguments = sys.argv
    atheris.Setup([sys.argv[0], *arguments], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
