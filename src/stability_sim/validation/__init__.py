"""The engine against history: hindcasts, calibration, rival rules, and the page that tells of them."""
