"""The places of the table of permissions: each kind of resource, ours and others'."""

from __future__ import annotations

from typing import Final

from tests.servers.account import ACCOUNT, REGION

_CODEARTIFACT: Final = f"arn:aws:codeartifact:{REGION}:{ACCOUNT}"
_REPOSITORIES: Final = {
    **{name: f"wheelyard/{name}" for name in ("staging", "stable", "preview", "dev", "public")},
    "foreign": "other/stable",
}
_OBJECTS: Final = {
    "artifacts": "wheelyard-wheels/stable/alpha/0.1.0/alpha-0.1.0.tar.gz",
    "snapshots": "wheelyard-wheels/dev/alpha/0.2.0.dev1/alpha-0.2.0.dev1.tar.gz",
    "pages": "wheelyard-wheels/preview/simple/alpha/index.html",
    "markers": "wheelyard-wheels/stable/alpha/0.1.0/listing.json",
    "loose": "wheelyard-wheels/anything-else",
    "foreign": "other/stable/alpha/0.1.0/alpha-0.1.0.tar.gz",
}
_ROLES: Final = {
    name: f"wheelyard-{name.capitalize()}" for name in ("signer", "publisher", "promoter", "reader", "auditor")
}
PLACES: Final[dict[str, dict[str, str]]] = {
    "domain": {"ours": f"{_CODEARTIFACT}:domain/wheelyard", "foreign": f"{_CODEARTIFACT}:domain/other"},
    "repository": {name: f"{_CODEARTIFACT}:repository/{path}" for name, path in _REPOSITORIES.items()},
    "package": {
        **{name: f"{_CODEARTIFACT}:package/{path}/pypi//alpha" for name, path in _REPOSITORIES.items()},
        "npm": f"{_CODEARTIFACT}:package/wheelyard/staging/npm//alpha",
    },
    "group": {
        "ours": f"{_CODEARTIFACT}:package-group/wheelyard/pypi",
        "foreign": f"{_CODEARTIFACT}:package-group/other/pypi",
    },
    "bucket": {"ours": "arn:aws:s3:::wheelyard-wheels", "foreign": "arn:aws:s3:::other"},
    "object": {name: f"arn:aws:s3:::{key}" for name, key in _OBJECTS.items()},
    "key": {
        "ours": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/wheelyard-Key",
        "foreign": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/other",
    },
    "role": {name: f"arn:aws:iam::{ACCOUNT}:role/{path}" for name, path in {**_ROLES, "foreign": "other"}.items()},
    "provider": {
        "ours": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
        "foreign": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com",
    },
    "account": {"all": "*"},
}
"""By kind and name, the ARN."""
