"""A stand-in for OSV and for PyPI's JSON API: `python -m tests.servers.vulnerabilities --port 8123`.

Shapes: https://ossf.github.io/osv-schema/ and PyPI's JSON API as Warehouse documents it.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from enum import StrEnum
from threading import Event, Lock
from typing import Literal

from tests.servers.stand_in import Answer, Drop, Hang, Request, StandIn, as_json

Service = Literal["osv", "pypi"]
BOTH: tuple[Service, ...] = ("osv", "pypi")
EVERYTHING = "*"


class Fault(StrEnum):
    """What is wrong with an answer; `busy` and `dropped` are well again when asked once more."""

    ERROR = "500 each time"
    BUSY = "503 with a Retry-After of an hour, once"
    HANG = "no answer"
    DROPPED = "the connection ends before the answer, once"
    CUT = "the connection ends a byte early"
    HTML = "a page for people, with 200"
    EMPTY = "{} with 200"
    LIST = "a list in place of an object"
    UNKNOWN = "404"
    MOVED = "301 to the name in capitals"
    TRUNCATED = "half of a document"
    NEWER_SCHEMA = "an advisory of OSV's schema 2"
    NO_AFFECTED = "an advisory without `affected`"
    MORE_PAGES = "the first page of several"
    NO_LIST = "a document without the list of vulnerabilities"


@dataclass(frozen=True, kw_only=True)
class Advisory:
    """A vulnerability that a service knows of one version of one distribution."""

    name: str
    version: str
    id: str
    aliases: tuple[str, ...] = ()
    fixed: str = ""
    summary: str = "Something is wrong"
    withdrawn: str = ""
    services: tuple[Service, ...] = BOTH

    def as_osv(self, schema_version: str = "1.7.3") -> dict[str, object]:
        """Write it as OSV does."""
        events = [{"introduced": "0"}, *([{"fixed": self.fixed}] if self.fixed else [])]
        package = {"ecosystem": "PyPI", "name": self.name, "purl": f"pkg:pypi/{self.name}"}
        return {
            "schema_version": schema_version,
            "id": self.id,
            "summary": self.summary,
            "details": f"{self.summary}.\nAt length.",
            "aliases": list(self.aliases),
            "modified": "2024-01-01T00:00:00Z",
            "published": "2023-01-01T00:00:00Z",
            **({"withdrawn": self.withdrawn} if self.withdrawn else {}),
            "affected": [
                {
                    "package": package,
                    "ranges": [{"type": "ECOSYSTEM", "events": events}],
                    "versions": [self.version],
                }
            ],
        }

    def as_pypi(self) -> dict[str, object]:
        """Write it as PyPI does."""
        return {
            "id": self.id,
            "aliases": list(self.aliases),
            "details": f"{self.summary}.\nAt length.",
            "summary": self.summary,
            "fixed_in": [self.fixed] if self.fixed else [],
            "link": f"https://osv.dev/vulnerability/{self.id}",
            "source": "osv",
            "withdrawn": self.withdrawn or None,
        }


CANARY = Advisory(
    name="jinja2",
    version="2.4.1",
    id="PYSEC-2019-217",
    aliases=("CVE-2016-10745", "GHSA-hj2j-77xm-mc5v"),
    fixed="2.8.1",
    summary="In Pallets Jinja before 2.8.1, str.format allows a sandbox escape",
)


class Vulnerabilities(StandIn):
    """Both services at one address; a distribution nobody added an advisory for is known and clean."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self._advisories = [CANARY]
        self._faults: dict[tuple[Service, str], Fault] = {}
        self._once: set[tuple[Service, str]] = set()
        self._guard = Lock()

    @property
    def osv_url(self) -> str:
        """What `RELEASE_OSV_URL` names."""
        return f"{self.address}/v1/query"

    @property
    def pypi_url(self) -> str:
        """What `RELEASE_PYPI_JSON_URL` names."""
        return f"{self.address}/pypi"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a release finds it."""
        return {"RELEASE_OSV_URL": self.osv_url, "RELEASE_PYPI_JSON_URL": self.pypi_url}

    def add(self, *advisories: Advisory) -> None:
        """Know of more."""
        self._advisories.extend(advisories)

    def without_data(self) -> None:
        """Know of nothing at all, the canary included, as a mirror that was never filled."""
        self._advisories.clear()

    def fail(self, fault: Fault, name: str = EVERYTHING, services: tuple[Service, ...] = BOTH) -> None:
        """Answer wrongly about one name, or about everything."""
        self._faults.update(dict.fromkeys(((service, name) for service in services), fault))

    def mend(self) -> None:
        """Answer rightly again."""
        self._faults.clear()

    def asked(self, service: Service) -> list[tuple[str, str]]:
        """Give the names and versions a service was asked about, in order."""
        questions = (_question(request) for request in self.requests)
        return [(name, version) for asked, name, version in questions if asked == service]

    def answer(self, request: Request) -> Answer | Hang | Drop:
        """Answer as the service does that is asked, or as its fault has it."""
        service, name, version = _question(request)
        fault = self._fault(service, name)
        well = (
            self._osv(name, version)
            if service == "osv"
            else _project(name, version, self._known(service, name, version))
        )
        return as_json(well) if fault is None else _wrong(fault, service, (name, version), well)

    def _fault(self, service: Service, name: str) -> Fault | None:
        fault = self._faults.get((service, name), self._faults.get((service, EVERYTHING)))
        if fault in {Fault.BUSY, Fault.DROPPED}:
            with self._guard:
                if (service, name) in self._once:
                    return None
                self._once.add((service, name))
        return fault

    def _known(self, service: Service, name: str, version: str) -> list[Advisory]:
        asked = (name.lower(), version)
        return [each for each in self._advisories if (each.name, each.version) == asked and service in each.services]

    def _osv(self, name: str, version: str) -> dict[str, object]:
        """Give what OSV knows: an empty object where it knows nothing, as the real one does."""
        known = self._known("osv", name, version)
        return {"vulns": [each.as_osv() for each in known]} if known else {}


def _question(request: Request) -> tuple[Service, str, str]:
    if request.method == "POST":
        asked = json.loads(request.body)
        return "osv", asked["package"]["name"], asked["version"]
    *_, name, version, _json = ("", "", *request.parts)
    return "pypi", name, version


def _project(name: str, version: str, known: list[Advisory]) -> dict[str, object]:
    return {
        "info": {
            "name": name,
            "version": version,
            "yanked": False,
            "package_url": f"https://example.org/project/{name}/",
        },
        "last_serial": 1,
        "urls": [],
        "vulnerabilities": [each.as_pypi() for each in known],
    }


def _wrong(fault: Fault, service: Service, asked: tuple[str, str], well: dict[str, object]) -> Answer | Hang | Drop:
    name, version = asked
    newer = Advisory(name=name, version="1", id="PYSEC-2030-1")
    bare = {key: value for key, value in newer.as_osv().items() if key != "affected"}
    whole = json.dumps(well | {"padding": "x" * 64}).encode()
    answers: dict[Fault, Answer | Hang | Drop] = {
        Fault.ERROR: Answer(b"Internal Server Error", 500, "text/plain"),
        Fault.BUSY: Answer(b"busy", 503, "text/plain", {"Retry-After": "3600"}),
        Fault.HANG: Hang(),
        Fault.DROPPED: Drop(),
        Fault.CUT: Answer(whole, length=len(whole) + 1),
        Fault.HTML: Answer(b"<!DOCTYPE html><title>Sign in</title>", kind="text/html"),
        Fault.EMPTY: as_json({}),
        Fault.LIST: as_json([]) if service == "pypi" else as_json(["vulns"]),
        Fault.MOVED: Answer(b"Moved", 301, "text/html", {"Location": f"../../{name.upper()}/{version}/json"}),
        Fault.UNKNOWN: Answer(b'{"message": "Not Found"}', 404),
        Fault.TRUNCATED: Answer(whole[: len(whole) // 2]),
        Fault.NEWER_SCHEMA: as_json({"vulns": [newer.as_osv("2.0.0")]} if service == "osv" else well),
        Fault.NO_AFFECTED: as_json({"vulns": [bare]} if service == "osv" else well),
        Fault.MORE_PAGES: as_json(well | {"next_page_token": "2"}),
        Fault.NO_LIST: as_json({key: value for key, value in well.items() if key != "vulnerabilities"} | {"info": {}}),
    }
    return answers[fault]


def main() -> None:
    """Serve until interrupted, and say where."""
    parser = argparse.ArgumentParser(description="A stand-in for OSV and for PyPI's JSON API, on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    with Vulnerabilities(parser.parse_args().port) as server:
        print(*(f"export {name}={value}" for name, value in server.environment.items()), sep="\n", flush=True)  # noqa: T201  # a command that says where it is
        try:
            Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
