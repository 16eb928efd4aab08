"""The template as CloudFormation reads it: with parameters in place, and every reference resolved.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from tests.repository.tree import ROOT
from tests.servers.account import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH: Final = ROOT / "tools" / "aws" / "stack.yaml"
STACK: Final = "wheelyard"
OWNED: Final = {
    "BucketName": "wheelyard-wheels",
    "GitHubOwner": "ada",
    "GitHubOwnerId": "815",
    "GitHubRepository": "packages",
    "GitHubRepositoryId": "4711",
}
"""The parameters that have no default."""
_PSEUDO: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
}
_CODEARTIFACT: Final = f"arn:aws:codeartifact:{REGION}:{ACCOUNT}"
_IAM: Final = f"arn:aws:iam::{ACCOUNT}"
_NOTHING: Final = object()


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!Sub x` is `{Fn::Sub: x}`."""


def _read_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.ScalarNode), f"!{suffix} of a mapping"
    value = loader.construct_scalar(node)
    return {name: str(value).split(".", 1) if suffix == "GetAtt" else value}


_Loader.add_multi_constructor("!", _read_tag)


def read_template(text: str | None = None) -> dict[str, Any]:
    """Read a template as it stands: this project's, if no other is given."""
    document: dict[str, Any] = yaml.load(PATH.read_text() if text is None else text, _Loader)  # noqa: S506  # a SafeLoader
    return document


@dataclass(frozen=True)
class Stack:
    """A template with its parameters."""

    template: Mapping[str, Any] = field(default_factory=read_template)
    given: Mapping[str, str] = field(default_factory=lambda: dict(OWNED))

    @property
    def parameters(self) -> dict[str, str]:
        """Every parameter's value; KeyError where one has none."""
        declared = self.template.get("Parameters", {})
        return {name: self.given[name] if name in self.given else each["Default"] for name, each in declared.items()}

    def resources(self, kind: str) -> dict[str, Any]:
        """Give the properties of every resource of a kind that is made, by its logical name."""
        return {
            name: self.resolve(each.get("Properties", {}))
            for name, each in self.template["Resources"].items()
            if each["Type"] == kind and self._holds(each.get("Condition"))
        }

    @property
    def outputs(self) -> dict[str, Any]:
        """Every output's value."""
        return {name: self.resolve(each["Value"]) for name, each in self.template["Outputs"].items()}

    def arn(self, name: str) -> str:
        """Give the ARN of a resource."""
        return str(self._attribute(name, "Arn"))

    def resolve(self, value: Any) -> Any:  # noqa: ANN401  # whatever YAML holds
        """Resolve every function in a value; what turns out to be AWS::NoValue is left out."""
        if isinstance(value, list):
            return [each for each in map(self.resolve, value) if each is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name.removeprefix("Fn::"), argument)
        found = {key: self.resolve(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not _NOTHING}

    def _call(self, name: str, argument: Any) -> Any:  # noqa: ANN401  # likewise
        if name == "Ref":
            return self._refer(argument)
        if name == "GetAtt":
            return self._attribute(*argument)
        if name == "Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda match: str(self._named(match[1])), argument)
        if name == "If":
            condition, then, other = argument
            return self.resolve(then if self._holds(condition) else other)
        raise NotImplementedError(f"Fn::{name}")

    def _named(self, name: str) -> Any:  # noqa: ANN401  # likewise
        return self._attribute(*name.split(".", 1)) if "." in name else self._refer(name)

    def _holds(self, condition: str | None) -> bool:
        if condition is None:
            return True
        return self._judge(self.template["Conditions"][condition])

    def _judge(self, said: Mapping[str, Any]) -> bool:
        ((name, argument),) = said.items()
        if name == "Fn::Not":
            return not self._judge(argument[0])
        if name == "Fn::Equals":
            first, second = map(self.resolve, argument)
            return bool(first == second)
        raise NotImplementedError(name)

    def _refer(self, name: str) -> Any:  # noqa: ANN401  # likewise
        if name == "AWS::NoValue":
            return _NOTHING
        if name in _PSEUDO or name in self.parameters:
            return {**_PSEUDO, **self.parameters}[name]
        kind = self.template["Resources"][name]["Type"]
        if kind in {"AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider"}:
            return self._attribute(name, "Arn")
        if kind == "AWS::S3::Bucket":
            return self._property(name, "BucketName")
        return f"{STACK}-{name}"

    def _attribute(self, name: str, attribute: str) -> Any:  # noqa: ANN401  # likewise
        kind = self.template["Resources"][name]["Type"]
        if (kind, attribute) == ("AWS::CodeArtifact::Domain", "Name"):
            return self._property(name, "DomainName")
        if (kind, attribute) == ("AWS::CodeArtifact::Repository", "Name"):
            return self._property(name, "RepositoryName")
        assert attribute == "Arn", f"{name}.{attribute}"
        return self._arn_of(kind, name)

    def _arn_of(self, kind: str, name: str) -> str:
        forms = {
            "AWS::CodeArtifact::Domain": lambda: f"{_CODEARTIFACT}:domain/{self._property(name, 'DomainName')}",
            "AWS::CodeArtifact::Repository": lambda: "/".join(
                [
                    f"{_CODEARTIFACT}:repository",
                    *(self._property(name, f"{each}Name") for each in ("Domain", "Repository")),
                ]
            ),
            "AWS::S3::Bucket": lambda: f"arn:aws:s3:::{self._property(name, 'BucketName')}",
            "AWS::KMS::Key": lambda: f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{STACK}-{name}",
            "AWS::IAM::Role": lambda: f"{_IAM}:role/{STACK}-{name}",
            "AWS::IAM::ManagedPolicy": lambda: f"{_IAM}:policy/{STACK}-{name}",
            "AWS::IAM::InstanceProfile": lambda: f"{_IAM}:instance-profile/{STACK}-{name}",
            "AWS::IAM::OIDCProvider": lambda: f"{_IAM}:oidc-provider/{self._property(name, 'Url').split('//')[1]}",
        }
        return forms[kind]()

    def _property(self, name: str, key: str) -> Any:  # noqa: ANN401  # likewise
        return self.resolve(self.template["Resources"][name]["Properties"][key])
