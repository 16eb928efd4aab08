"""How the outside is reached: the work tree, volumes, workspaces, and uv for a runtime's Python."""
