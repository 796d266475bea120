"""Machines that are not as ours: folders nobody may write to, full disks, odd clocks, letters and warnings."""
