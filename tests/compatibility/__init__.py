"""One file and one run of each version: what older ones wrote is read, what newer ones write is refused with advice."""
