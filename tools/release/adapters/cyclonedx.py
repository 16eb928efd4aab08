"""CycloneDX 1.6: the SBOM of a release, validated strictly, the same bytes on every run."""

from __future__ import annotations

import json
import uuid
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from release.adapters.libraries import await_library
from release.errors import BuildFailed
from release.model.metadata import parse_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from email.message import Message

    from cyclonedx.model.component import Component as Described
    from cyclonedx.model.license import License

    from release.model.artifact import Artifacts
    from release.model.closure import Closure, Component

UNKNOWN = "NOASSERTION"  # SPDX's word for what nobody has said
_SERIALS = uuid.NAMESPACE_URL
_TOOLS = ("cyclonedx-python-lib", "wheelyard")
_SCHEMAS = "http://cyclonedx.org/schema/"


class CycloneDX:
    """The door to the CycloneDX library and its schemas."""

    def sbom(self, artifacts: Artifacts, closure: Closure) -> str:
        """Describe the wheel and everything it brings.

        The timestamp is the commit's, and the serial number is made of the wheel's digest.
        """
        await_library("cyclonedx.output.json")
        from cyclonedx.model.bom import Bom, BomMetaData  # noqa: PLC0415  # 0.2 s that only a release pays
        from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415
        from cyclonedx.model.contact import OrganizationalContact  # noqa: PLC0415
        from cyclonedx.model.lifecycle import LifecyclePhase, PredefinedLifecycle  # noqa: PLC0415
        from cyclonedx.model.tool import ToolRepository  # noqa: PLC0415
        from cyclonedx.output.json import JsonV1Dot6  # noqa: PLC0415

        root = _root(artifacts)
        described = {component.pin: _component(component) for component in closure.components}
        tools = [Component(type=ComponentType.APPLICATION, name=name, version=version(name)) for name in _TOOLS]
        bom = Bom(
            serial_number=uuid.uuid5(_SERIALS, f"sha256:{artifacts.wheel.sha256}"),
            components=described.values(),
            metadata=BomMetaData(
                component=root,
                supplier=root.supplier,
                authors=[OrganizationalContact(name=root.supplier.name if root.supplier else UNKNOWN)],
                timestamp=artifacts.release.plan.commit.time,
                lifecycles=[PredefinedLifecycle(LifecyclePhase.BUILD)],
                tools=ToolRepository(components=tools),
            ),
        )
        by_name: dict[str, list[Described]] = {}
        for pin, component in described.items():
            by_name.setdefault(pin.name, []).append(component)
        bom.register_dependency(root, [each for name in closure.direct for each in by_name.get(name, ())])
        for part in closure.components:
            needed = [each for name in part.needs for each in by_name[name]]
            bom.register_dependency(described[part.pin], needed)
        document = json.loads(JsonV1Dot6(bom).output_as_string())
        document["compositions"] = [_composition(document, closure)]  # the library has no model for these
        return self._validated(json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n")

    def problems(self, document: object) -> tuple[str, ...]:
        """Say where a parsed document is no CycloneDX 1.6."""
        return tuple(error.message for error in self._validator.iter_errors(document))

    def _validated(self, document: str) -> str:
        if problems := self.problems(json.loads(document)):
            raise BuildFailed(f"the SBOM is not valid CycloneDX 1.6: {'; '.join(problems)}", hint="a defect: report it")
        return document

    @cached_property
    def _validator(self) -> Any:  # noqa: ANN401  # the library's own type says no more
        """CycloneDX's strict schema, in a validator that is ready in 0.02 s where the usual one takes 1.5 s."""
        await_library("jsonschema_rs")
        import jsonschema_rs  # noqa: PLC0415
        from cyclonedx.schema import SchemaVersion, _res  # noqa: PLC0415

        def load(path: object) -> Any:  # noqa: ANN401
            return json.loads(Path(str(path)).read_text(encoding="utf-8"))

        others = {"spdx": _res.SPDX_JSON, "cryptography-defs": _res.CRYPTOGRAPHY_DEFS, "jsf-0.82": _res.JSF}
        registry = jsonschema_rs.Registry(
            [(f"{_SCHEMAS}{name}.SNAPSHOT.schema.json", load(path)) for name, path in others.items()]
        )
        strict = load(_res.BOM_JSON_STRICT[SchemaVersion.V1_6])
        return jsonschema_rs.Draft7Validator(strict, registry=registry, validate_formats=True)


def _root(artifacts: Artifacts) -> Described:
    from cyclonedx.model import ExternalReference, ExternalReferenceType, Property, XsUri  # noqa: PLC0415
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415
    from cyclonedx.model.contact import OrganizationalEntity  # noqa: PLC0415

    said, plan = parse_metadata(artifacts.metadata), artifacts.release.plan
    hashes = {each.name: [_digest(each.sha256)] for each in artifacts}
    files = [
        ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(name), hashes=found)
        for name, found in hashes.items()
    ]
    place = XsUri(_source(said) or f"git:{plan.package.folder}")
    vcs = ExternalReference(
        type=ExternalReferenceType.VCS, url=place, comment=f"commit {plan.commit.sha}, tag {plan.tag}"
    )
    return Component(
        type=ComponentType.LIBRARY,
        name=plan.tag.package,
        version=str(said["Version"]),
        description=said.get("Summary"),
        purl=_purl(plan.tag.package, str(said["Version"])),
        bom_ref=f"pkg:pypi/{plan.tag.package}@{said['Version']}",
        hashes=hashes[artifacts.wheel.name],
        licenses=[_licence(said.get("License-Expression", ""))],
        supplier=OrganizationalEntity(name=_supplier(said)),
        external_references=[*files, vcs],
        properties=[Property(name="wheelyard:commit", value=plan.commit.sha)],
    )


def _component(component: Component) -> Described:
    from cyclonedx.model import Property  # noqa: PLC0415
    from cyclonedx.model.component import Component as Described  # noqa: PLC0415
    from cyclonedx.model.component import ComponentScope, ComponentType  # noqa: PLC0415
    from cyclonedx.model.contact import OrganizationalEntity  # noqa: PLC0415

    pin = component.pin
    return Described(
        type=ComponentType.LIBRARY,
        name=pin.name,
        version=pin.version,
        purl=_purl(pin.name, pin.version),
        bom_ref=f"pkg:pypi/{pin.name}@{pin.version}",
        scope=ComponentScope.OPTIONAL if pin.marker else ComponentScope.REQUIRED,
        hashes=[_digest(digest) for digest in pin.sha256[:1]],
        licenses=[_licence(component.licence)],
        supplier=OrganizationalEntity(name=component.author or UNKNOWN),
        properties=[Property(name="wheelyard:marker", value=pin.marker)] if pin.marker else [],
    )


def _digest(sha256: str) -> Any:  # noqa: ANN401
    from cyclonedx.model import HashAlgorithm, HashType  # noqa: PLC0415

    return HashType(alg=HashAlgorithm.SHA_256, content=sha256)


def _purl(name: str, version_: str) -> Any:  # noqa: ANN401
    from packageurl import PackageURL  # noqa: PLC0415

    return PackageURL("pypi", name=name, version=version_)


def _licence(said: str) -> License:
    """Give an SPDX identifier or expression where one was meant, and the words themselves elsewhere."""
    from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression  # noqa: PLC0415
    from cyclonedx.spdx import is_supported_id  # noqa: PLC0415

    try:
        expression = canonicalize_license_expression(said)
    except InvalidLicenseExpression:
        return DisjunctiveLicense(name=said or UNKNOWN)
    return DisjunctiveLicense(id=expression) if is_supported_id(expression) else LicenseExpression(expression)


def _supplier(said: Message) -> str:
    return said.get("Author") or said.get("Author-email") or said.get("Maintainer") or UNKNOWN


def _source(said: Message) -> str:
    """Give the address of the sources as the project names it: a clone's own remote differs from place to place."""
    urls = dict(line.split(", ", 1) for line in said.get_all("Project-URL", []) if ", " in line)
    return urls.get("Source") or urls.get("Repository") or urls.get("Homepage") or ""


def _composition(document: Mapping[str, Any], closure: Closure) -> dict[str, object]:
    """Say whether the graph is complete: it is, unless the metadata of something could not be read."""
    refs: Iterable[str] = sorted(each["ref"] for each in document["dependencies"])
    complete = all(component.is_described for component in closure.components)
    return {"aggregate": "complete" if complete else "incomplete", "dependencies": refs}
