"""Stand-ins for the outside, on loopback, with its shapes, its guards and its faults."""
