"""From a git tag to a receipt: verified, built, checked, audited, documented, published."""
