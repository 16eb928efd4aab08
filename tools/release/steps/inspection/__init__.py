"""What a consumer looks at before it takes a release for what it says it is."""
