"""What the caller of an action got wrong."""


class Refusal(Exception):  # noqa: N818 - it is no fault, it is a no
    """An action is refused before anything is sent.

    ``cause`` names why, for programs and for the translations; ``placeholders`` fill the
    translated sentence.
    """

    def __init__(self, cause: str, **placeholders: str) -> None:
        """Keep why, and the words for it."""
        super().__init__(cause)
        self.cause = cause
        self.placeholders = placeholders
