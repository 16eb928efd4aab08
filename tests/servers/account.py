"""The AWS account that all stand-ins for AWS are of: where it is, who is let in, and how a request says so."""

from __future__ import annotations

import re
from typing import Final

REGION: Final = "eu-central-1"
ACCOUNT: Final = "111122223333"
ACCESS_KEY: Final = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY: Final = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105  # AWS's own example
SESSION_TOKEN: Final = "a-session-token-that-nobody-should-read"  # noqa: S105  # likewise nobody's
ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_SESSION_TOKEN": SESSION_TOKEN,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""The variables by which boto3 finds who it is."""
NO_FILES: Final = {"AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere"}
"""The variables by which boto3 finds nothing of the person that runs the tests."""
SCOPE: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, *SignedHeaders=\S+, *Signature=\w+"
)
"""What says who signed a request, and for which region and service."""
