"""What others tell us by webhook: verified and stored here, understood by the worker."""
