"""Numbers from results."""
