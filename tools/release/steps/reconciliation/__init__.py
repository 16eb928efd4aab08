"""Every tag beside every target: what is missing, extra, different, unproven or half withdrawn."""
