"""AWS's REST-JSON as CodeArtifact speaks it, held to botocore's own model of the service in both directions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import botocore.session
from botocore.validate import ParamValidator

from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.servers.stand_in import Request

_UNCHECKED: Final = re.compile(r"\\P\{")
"""Patterns that Python's `re` does not know; what they forbid nobody sends."""


class Refused(Exception):
    """An answer of the service that is an error of its model."""

    def __init__(self, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        status = _status_of(code)
        body = json.dumps({"message": message, **more}).encode()
        retry = {"Retry-After": "0"} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
        self.answer = Answer(body, status, headers={"x-amzn-ErrorType": code, **retry})


@dataclass(frozen=True)
class Call:
    """One operation, and the words it is called with, by the names of the model."""

    operation: str
    words: Mapping[str, Any]


def read_call(request: Request) -> Call:
    """Read a request, or refuse it as the service does."""
    operation = operation_of(request)
    shape = _model().operation_model(operation).input_shape
    asked: dict[str, Any] = dict(parse_qsl(request.query, keep_blank_values=True))
    try:
        asked |= json.loads(request.body or b"{}")
    except ValueError:
        raise Refused("ValidationException", "the body is no JSON", reason="CANNOT_PARSE") from None
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    if unknown := asked.keys() - names.keys():
        raise Refused("ValidationException", f"unknown: {sorted(unknown)}", reason="FIELD_VALIDATION_FAILED")
    words = {names[name]: _typed(shape.members[names[name]], value) for name, value in asked.items()}
    if wrong := _report(shape, words):
        raise Refused("ValidationException", wrong, reason="FIELD_VALIDATION_FAILED")
    return Call(operation, words)


def write_answer(operation: str, said: Mapping[str, Any]) -> Answer:
    """Write an answer, once it is seen to be one that the model knows."""
    shape = _model().operation_model(operation).output_shape
    wrong = _report(shape, said)
    assert not wrong, f"the stand-in's answer to {operation} is not CodeArtifact's: {wrong}"
    return Answer(json.dumps(said, default=datetime.timestamp).encode())


def operation_of(request: Request) -> str:
    """Name the operation that a request calls."""
    found = _operations().get((request.method, request.path))
    if found is None:
        raise Refused("ValidationException", f"{request.method} {request.path}", reason="UNKNOWN_OPERATION")
    return found


@cache
def _model() -> Any:  # noqa: ANN401  # botocore is untyped
    return botocore.session.Session().get_service_model("codeartifact")


@cache
def _operations() -> dict[tuple[str, str], str]:
    models = [_model().operation_model(name) for name in _model().operation_names]
    return {(each.http["method"], each.http["requestUri"]): each.name for each in models}


@cache
def _status_of(code: str) -> int:
    if code not in _model().shape_names:
        return int(HTTPStatus.FORBIDDEN)  # what is wrong with credentials is AWS's answer, not the service's
    return int(_model().shape_for(code).metadata["error"]["httpStatusCode"])


def _typed(shape: Any, value: Any) -> Any:  # noqa: ANN401  # botocore is untyped
    whole = shape.type_name in {"integer", "long"} and isinstance(value, str)
    return int(value) if whole and value.isdecimal() else value


def _report(shape: Any, value: Any) -> str:  # noqa: ANN401  # botocore is untyped
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        return str(report.generate_report())
    return "; ".join(_complaints(shape, value, ""))


def _complaints(shape: Any, value: Any, place: str) -> Iterator[str]:  # noqa: ANN401  # botocore is untyped
    """Say what botocore's validator leaves to the service: enumerations, patterns and greatest lengths."""
    for inner, said, where in _inside(shape, value, place):
        yield from _complaints(inner, said, where)
    most = shape.metadata.get("max")
    if shape.type_name == "string":
        pattern = shape.metadata.get("pattern", "")
        if shape.enum and value not in shape.enum:
            yield f"{place}: {value} is none of {shape.enum}"
        if pattern and not _UNCHECKED.search(pattern) and not re.fullmatch(pattern, value):
            yield f"{place}: {value} does not match {pattern}"
    if most is not None and (value if shape.type_name in {"integer", "long"} else len(value)) > most:
        yield f"{place}: more than {most}"


def _inside(shape: Any, value: Any, place: str) -> Iterator[tuple[Any, Any, str]]:  # noqa: ANN401  # likewise
    """Give what a value is made of, each part with its shape and its place."""
    if shape.type_name == "structure":
        yield from ((shape.members[name], said, f"{place}.{name}") for name, said in value.items())
    elif shape.type_name == "list":
        yield from ((shape.member, said, f"{place}[{number}]") for number, said in enumerate(value))
    elif shape.type_name == "map":
        for name, said in value.items():
            yield from ((shape.key, name, f"{place} key"), (shape.value, said, f"{place}.{name}"))
