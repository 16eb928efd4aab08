"""What `doctor` looks at: everything that would make a release fail, each with its cure."""
