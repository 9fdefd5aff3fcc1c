"""A real Home Assistant on a simulated house: the demo, and the harness of the end-to-end tests."""
