"""What a fuzzer once found in the loader, and the harness that looks for more."""
