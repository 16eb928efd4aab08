"""How the outside is reached: one door for each thing out there."""
