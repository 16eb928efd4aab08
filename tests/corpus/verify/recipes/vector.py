"""The test vector of the specification: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md."""

from __future__ import annotations

import base64
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PAE: Final = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
LINE: Final = (
    b'{"payload": "aGVsbG8gd29ybGQ=", "payloadType": "http://example.com/HelloWorld", "signatures": [{"sig": '
    b'"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}\n'
)
_X = 46950820868899156662930047687818585632848591499744589407958293238635476079160
_Y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
SPKI: Final = (
    ec.EllipticCurvePublicNumbers(_X, _Y, ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)
TEXT: Final = base64.b64encode(SPKI).decode()
