"""Every number of the schema, nudged, must change some outcome."""
