"""The account as the doctor sees it, asked about one check at a time."""

from __future__ import annotations

import copy
import json
import os
from typing import TYPE_CHECKING, Any

from tests.release.command import ReleaseCommand

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.aws.account import Account

Trust = dict[str, Any]


class Examined:
    """The account, and what the doctor says of it."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account = account
        self.release = ReleaseCommand(folder, {**os.environ, **account.environment})

    def says(self, check: str, *, code: int = 0, **variables: str) -> list[dict[str, Any]]:
        """Give every line about one check, after requiring the exit code."""
        document = self.release("doctor", "--aws", "--json", **variables).expect(code).document
        assert document["exit_code"] == code
        return [each for each in document["checks"] if each["check"] == check]

    def finds(self, check: str, state: str, *, code: int = 0, **variables: str) -> str:
        """Give what the one line says that is in a state; it has a cure, unless all is well."""
        (found,) = [each for each in self.says(check, code=code, **variables) if each["state"] == state]
        assert bool(found["cure"]) == (state != "ok")
        return str(found["detail"])

    def trusting(self, change: Callable[[Trust], object], role: str = "Publisher") -> list[str]:
        """Give what is said of a role once its trust was changed."""
        document = copy.deepcopy(self.account.stack.resources("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"])
        change(document["Statement"][0])
        name = f"wheelyard-{role}"
        self.account.client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(document))
        return [each["detail"] for each in self.says("roles") if each["state"] == "warning"]
