"""One module for each courier company; its name is what an account calls `provider`."""
