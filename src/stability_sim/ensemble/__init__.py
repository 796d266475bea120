"""Many runs, and how they are kept."""
