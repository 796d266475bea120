"""Questions that take several ensembles: compare, attribute, explore. Each runs, analyses and writes a folder."""
