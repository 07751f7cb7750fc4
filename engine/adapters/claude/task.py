from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256


@dataclass(frozen=True, kw_only=True)
class ModelTask:
    """What a model is told to do, the JSON schema of its answer, and the tokens of the longest one.

    No task gives the model a tool.
    """

    instructions: str
    schema: dict[str, object]
    most_output: int

    @cached_property
    def fingerprint(self) -> str:
        """The instructions' own name, as calls are kept under it."""
        return sha256(self.instructions.encode()).hexdigest()[:12]
