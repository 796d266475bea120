"""What exists at one moment, as arrays."""
