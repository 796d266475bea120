"""The processes of the model, one to a file: kernels over a batch of replicates."""
