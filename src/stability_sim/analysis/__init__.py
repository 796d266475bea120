"""Numbers from results: contrasts, divergence, pathways, spread, importance, sensitivity, uncertainty."""
