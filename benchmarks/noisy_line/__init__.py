"""Numbers believed on a noisy line: simulated meters, a line that flips bits, our way to believe and a simple one."""
