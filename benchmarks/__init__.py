"""What the project promises in figures: each module prints a table, and with --json one flat object as last line."""
