"""Requirements as packages for clusters have them: some are satisfied, some add, and some replace."""

from __future__ import annotations

from typing import Final

SETS: Final = (
    ("packaging>=21.3", "tomli>=2.0; python_version < '3.11'"),
    ("requests>=2",),
    ("numpy>=2",),
    ("pandas>=2.2",),
    ("pandas<2", "openpyxl"),
    ("pydantic>=2",),
    ("pydantic<2", "typing-extensions>=4.8"),
    ("scikit-learn",),
    ("scikit-learn>=1.5",),
    ("scipy>=1.13",),
    ("matplotlib>=3.9",),
    ("seaborn",),
    ("statsmodels",),
    ("pyarrow>=17",),
    ("polars", "deltalake"),
    ("duckdb",),
    ("fastapi", "uvicorn"),
    ("httpx", "tenacity"),
    ("boto3>=1.35",),
    ("s3fs",),
    ("azure-identity>=1.17",),
    ("google-cloud-storage>=2.18",),
    ("databricks-sdk",),
    ("delta-sharing",),
    ("mlflow",),
    ("great-expectations",),
    ("pandera",),
    ("sqlalchemy>=2",),
    ("protobuf>=5",),
    ("cryptography>=43",),
    ("urllib3>=2",),
    ("jinja2", "pyyaml"),
    ("rich>=13.7", "typer"),
    ("pytest>=8",),
    ("langchain-core",),
    ("opentelemetry-sdk",),
)
"""Each is asked of every runtime."""
