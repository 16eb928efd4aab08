"""What has been released, audited again with today's knowledge."""
