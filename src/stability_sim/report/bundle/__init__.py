"""What the page shows, as one compact JSON: the results of one or two variants, and what made them."""

from stability_sim.report.bundle.build import FORMAT, Run, build, to_json
from stability_sim.report.bundle.contrast import Contrast, paired

__all__ = ["FORMAT", "Contrast", "Run", "build", "paired", "to_json"]
