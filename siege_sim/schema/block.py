"""The base of every block of a scenario: frozen, complete, and refusing what it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from siege_sim.errors import cut_name, did_you_mean

PROGRAM = __name__.partition(".")[0]

MOST_ENTRIES = 1000
"""How many entries a list has, or a block whose keys are names; by date there may be more."""

MOST_FOUND = 100
"""How many problems of a block are looked for; nobody reads more of them."""

AnyNumber = Annotated[float, Field(ge=-1e15, le=1e15)]
"""A number of which only the place that uses it knows what it may be."""

NumberOfWeight = Annotated[float, Field(ge=0.0, le=1e6)]
"""How much something counts beside others."""

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
        validate_default=False,
        defer_build=True,
    )

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        if cls.__module__.partition(".")[0] != PROGRAM:  # a notebook's class has no file to read its docstrings from
            cls.model_config["use_attribute_docstrings"] = True

    instead: ClassVar[Mapping[str, str]] = {}
    """Keys that people may write although the block has no such key, each with what to do instead, as a clause."""

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
        found: list[Problem] = [((key,), cls._of_unknown_key(key, known)) for key in unknown[:MOST_FOUND]]
        found += [((key,), _too_many(value)) for key, value in data.items() if _has_too_many(value)]
        if found:
            raise as_pydantic_error(found)
        return data

    @classmethod
    def _of_unknown_key(cls, key: str, known: Iterable[str]) -> str:
        way_out = f"; {cls.instead[key]}" if key in cls.instead else did_you_mean(key, known)
        return f"unknown key '{cut_name(key)}'{way_out}"

    @model_validator(mode="after")
    def _raise_problems(self) -> Self:
        found = list(islice(self.problems(), MOST_FOUND))
        if found:
            raise as_pydantic_error(found)
        return self

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across fields; called once the fields themselves are valid."""
        yield from ()


def _has_too_many(value: Any) -> bool:
    """Return whether a list, or a block by name, is longer than any that is needed; blocks by date begin with one."""
    if not isinstance(value, dict | list | tuple) or len(value) <= MOST_ENTRIES:
        return False
    return not isinstance(value, dict) or not any(str(key)[:1] in "-0123456789" for key in islice(value, 2))


def _too_many(value: Any) -> str:
    return f"has {len(value):,} entries; at most {MOST_ENTRIES:,} are accepted"


def as_pydantic_error(found: list[Problem]) -> PydanticCustomError:
    """Return problems as an error that a validator of pydantic may raise; messages find them in it."""
    text = "; ".join(message for _, message in found)
    return PydanticCustomError("problems", "{text}", {"text": text, "problems": found})


def _unfilled(make: Callable[..., type[Block]], *arguments: Any) -> Block:
    """Return an empty block of a class that is made at run time, for its values to be put into by ``pickle``."""
    kind = make(*arguments)
    return kind.__new__(kind)
