"""The base of every block of a scenario: frozen, complete, and refusing what it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from siege_sim.errors import did_you_mean

KeyPath = tuple[str | int, ...]
Problem = tuple[KeyPath, str]
"""Where in a block something is wrong (keys and indices from the block down), and what."""


def param(
    default: Any = ...,
    *,
    unit: str,
    plausible: tuple[float, float] | None = None,
    source: str = "assumed",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    alias: str | None = None,
) -> Any:
    """Declare a numeric field of a block.

    Args:
        default: the value when a scenario says nothing; ``...`` makes the field required.
        unit: the unit, in words or symbols.
        plausible: the range in which the truth may lie; sweeps and calibration stay inside it.
        source: where value and range come from; ``"assumed"`` when from nowhere.
        ge: smallest permitted value.
        gt: a bound that must be exceeded.
        le: largest permitted value.
        lt: a bound that must not be reached.
        alias: the name in the YAML file where it differs from the attribute's.
    """
    facts: dict[str, Any] = {"unit": unit, "source": source}
    if plausible is not None:
        facts["plausible"] = list(plausible)
    return Field(default, ge=ge, gt=gt, le=le, lt=lt, alias=alias, json_schema_extra=facts)


def share(default: Any = ..., *, plausible: tuple[float, float] | None = None, source: str = "assumed") -> Any:
    """Declare a field that is a share or a probability, between 0 and 1."""
    return param(default, unit="share", plausible=plausible, source=source, ge=0.0, le=1.0)


class Block(BaseModel):
    """A frozen block of a scenario. Subclasses check what spans several fields in ``problems``."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=False,
    )

    made_by: ClassVar[tuple[Any, ...]] = ()
    """For a class that is made at run time: the function that makes it, and its arguments. `pickle` needs them."""

    def __reduce_ex__(self, protocol: Any) -> str | tuple[Any, ...]:
        made_by = vars(type(self)).get("made_by")
        return (_unfilled, made_by, self.__getstate__()) if made_by else super().__reduce_ex__(protocol)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        unknown = [str(key) for key in data if key not in known]
        if unknown:
            found: list[Problem] = [((key,), f"unknown key '{key}'{did_you_mean(key, known)}") for key in unknown]
            raise as_pydantic_error(found)
        return data

    @model_validator(mode="after")
    def _raise_problems(self) -> Self:
        found = list(self.problems())
        if found:
            raise as_pydantic_error(found)
        return self

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across fields; called once the fields themselves are valid."""
        yield from ()


def as_pydantic_error(found: list[Problem]) -> PydanticCustomError:
    """Return the error by which pydantic carries problems, with their places below what is validated."""
    text = "; ".join(message for _, message in found)
    return PydanticCustomError("problems", "{text}", {"text": text, "problems": found})


def _unfilled(make: Callable[..., type[Block]], *arguments: Any) -> Block:
    """Return an empty block of a class that is made at run time, for its values to be put into by ``pickle``."""
    kind = make(*arguments)
    return kind.__new__(kind)
