"""How each case is made, a file for each thing that can be wrong."""
