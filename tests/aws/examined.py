"""The account as the doctor sees it, asked about one check at a time."""

from __future__ import annotations

import copy
import json
import os
from typing import TYPE_CHECKING, Any

from tests.release.command import ReleaseCommand
from tests.servers.s3 import BUCKET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.aws.account import Account

Statement = dict[str, Any]


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

    def trusting(self, change: Callable[[Statement], object], role: str = "Publisher") -> list[str]:
        """Give what is said against a role once the trust of its job was changed."""
        self._change(role, lambda doors: change(doors[0]))
        return [each["detail"] for each in self.says("roles", code=2) if each["state"] == "failed"]

    def letting_in(self, principal: Statement, role: str, *, code: int) -> list[str]:
        """Give what is said of a role once its trust lets in somebody else besides."""
        more = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        self._change(role, lambda doors: doors.append(more))
        said = [each["detail"] for each in self.says("roles", code=code)]
        return [each for each in said if each.startswith(f"wheelyard-{role}")]

    def guard_bucket(self, change: Statement, sid: str = "TlsOnly") -> None:
        """Let one statement of the bucket's policy say something else."""
        (policy,) = copy.deepcopy(list(self.account.stack.resources("AWS::S3::BucketPolicy").values()))
        (statement,) = [each for each in policy["PolicyDocument"]["Statement"] if each["Sid"] == sid]
        statement.update(change)
        self.account.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy["PolicyDocument"]))

    def _change(self, role: str, change: Callable[[list[Statement]], object]) -> None:
        document = copy.deepcopy(self.account.stack.resources("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"])
        change(document["Statement"])
        name = f"wheelyard-{role}"
        self.account.client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(document))
